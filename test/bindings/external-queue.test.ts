import fc from "fast-check";
import { expect, test } from "vitest";
import { ExternalQueue } from "../../bindings/external-queue.ts";

function push(queue: ExternalQueue, count: number, value: number): void {
  queue.room(count).fill(value);
  queue.add(count);
}

test("gives back what was pushed, in order, whatever the sizes", () => {
  const op = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 100_000 }) }),
    fc.record({ take: fc.nat(150_000) }),
  );
  fc.assert(
    fc.property(fc.array(op, { maxLength: 40 }), (ops) => {
      const queue = new ExternalQueue();
      let pushed = 0;
      let taken = 0;
      for (const one of ops) {
        if ("push" in one) {
          const room = queue.room(one.push);
          queue.add(one.push);
          expect(room.length).toBe(one.push);
          for (let i = 0; i < room.length; i += 97) room[i] = (pushed + i) & 0xff;
          pushed += one.push;
        } else {
          const views: Uint8Array[] = [];
          const count = Math.min(one.take, queue.length);
          queue.take(count, views);
          expect(views.reduce((sum, view) => sum + view.length, 0)).toBe(count);
          queue.drop(count);
          taken += count;
        }
        expect(queue.length).toBe(pushed - taken);
      }
    }),
  );
});

test("bytes keep their order across chunks", () => {
  const queue = new ExternalQueue();
  for (let i = 0; i < 3000; i++) push(queue, 100, i & 0xff);
  const views: Uint8Array[] = [];
  queue.take(300_000, views);
  const bytes = Buffer.concat(views);
  for (let i = 0; i < 3000; i++) expect(bytes[i * 100 + 99]).toBe(i & 0xff);
  queue.drop(150_050);
  const rest: Uint8Array[] = [];
  queue.take(100, rest);
  expect([...Buffer.concat(rest)]).toEqual([...bytes.subarray(150_050, 150_150)]);
});

test("what was taken is not overwritten by what is pushed before it is dropped", () => {
  const queue = new ExternalQueue();
  push(queue, 10, 1);
  const views: Uint8Array[] = [];
  queue.take(10, views);
  push(queue, 70_000, 2);
  push(queue, 10, 3);
  expect([...Buffer.concat(views)]).toEqual(new Array(10).fill(1));
});

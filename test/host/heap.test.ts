import { expect, test } from "vitest";
import { Heap, type Ranked } from "../../host/heap.ts";
import { Random } from "../../host/loopback/random.ts";

interface Item extends Ranked {
  readonly key: number;
}

function item(key: number): Item {
  return { position: -1, key };
}

function drain(heap: Heap<Item>): number[] {
  const keys: number[] = [];
  for (let first = heap.first; first !== undefined; first = heap.first) {
    keys.push(first.key);
    heap.remove(first);
  }
  return keys;
}

test.each([1, 2, 3, 4])("gives what was not removed, in order (seed %i)", (seed) => {
  const random = new Random(seed);
  const heap = new Heap<Item>((a, b) => a.key < b.key);
  const items = Array.from({ length: 300 }, () => item(random.below(50)));
  for (const one of items) heap.push(one);
  const kept = items.filter(() => random.chance(0.5));
  for (const one of items) if (!kept.includes(one)) heap.remove(one);
  expect(drain(heap)).toEqual(kept.map(({ key }) => key).sort((a, b) => a - b));
});

test("removing what is not in does nothing", () => {
  const heap = new Heap<Item>((a, b) => a.key < b.key);
  const one = item(1);
  const two = item(2);
  heap.push(one);
  heap.push(two);
  heap.remove(one);
  heap.remove(one);
  heap.remove(item(2));
  expect(one.position).toBe(-1);
  expect(drain(heap)).toEqual([2]);
  expect(heap.first).toBeUndefined();
});

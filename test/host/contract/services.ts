/** The contract on what else a host does: time, tasks, memory, text. */
import { expect, test } from "vitest";
import type { Stage } from "./stage.ts";

export function servicesContract(on: () => Stage): void {
  test("timers expire in the order they are due, those due together as started", async () => {
    const order: string[] = [];
    await new Promise<void>((done) => {
      on().host.timer(200, done);
      // Far apart: a process may stand still between two of these lines.
      for (const ms of [100, 0, 50, 100]) on().host.timer(ms, () => order.push(`${ms}`));
      order.push("now");
    });
    expect(order).toEqual(["now", "0", "50", "100", "100"]);
  });

  test("a cancelled timer never expires; cancelling late or twice does nothing", async () => {
    const expired: string[] = [];
    await new Promise<void>((done) => {
      const cancelled = on().host.timer(5, () => expired.push("cancelled"));
      cancelled.cancel();
      cancelled.cancel();
      const later = on().host.timer(10, () => expired.push("cancelled by a timer"));
      const first = on().host.timer(5, () => {
        expired.push("first");
        first.cancel();
        later.cancel();
      });
      on().host.timer(20, done);
    });
    expect(expired).toEqual(["first"]);
  });

  test("a timer may start timers", async () => {
    await new Promise<void>((done) => {
      on().host.timer(1, () => on().host.timer(0, () => on().host.timer(1, done)));
    });
  });

  test("deferred tasks run once each, in order, behind the microtasks of the one before", async () => {
    const order: string[] = [];
    await new Promise<void>((done) => {
      for (const name of ["first", "second"]) {
        on().host.defer(() => {
          order.push(name);
          queueMicrotask(() => order.push(`microtask of ${name}`));
        });
      }
      on().host.defer(done);
      queueMicrotask(() => order.push("microtask"));
      order.push("call");
    });
    const tasks = ["first", "microtask of first", "second", "microtask of second"];
    expect(order).toEqual(["call", "microtask", ...tasks]);
  });

  test("a view is the memory, not a copy of it", () => {
    const memory = new ArrayBuffer(64);
    const view = on().host.view(memory, 16, 8);
    expect([view.byteOffset, view.length]).toEqual([16, 8]);
    view[0] = 7;
    expect(new Uint8Array(memory)[16]).toBe(7);
    new Uint8Array(memory)[23] = 9;
    expect(view[7]).toBe(9);
  });

  test.each([256, 0, 1, 100_000])(
    "latin-1 keeps %i bytes, all values of them, both ways",
    (length) => {
      const { host } = on();
      const bytes = Uint8Array.from({ length }, (_, at) => at);
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      const memory = new ArrayBuffer(length + 6);
      host.encodeLatin1(text, memory, 3);
      expect(Buffer.compare(new Uint8Array(memory, 3, length), bytes)).toBe(0);
      expect([...new Uint8Array(memory, 0, 3), ...new Uint8Array(memory, length + 3)]).toEqual(
        Array(6).fill(0),
      );
      expect(host.decodeLatin1(memory, 3, length) === text).toBe(true);
    },
  );
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern, SMALL } from "../support/embedder.ts";

describe.each(BUILDS)("the send queue of %s", (build) => {
  test("M73: a send transmits nothing; the order to flush comes with the next poll", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.send(handle, pattern(100))).toBe(1);
    expect(core.call.bytes_sent(handle)).toBe(0);
    expect(core.kinds(0)).toEqual(["flush"]);
  });

  test("M74: order is kept, small payloads coalesce", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    const parts = Array.from({ length: 50 }, (_, i) => pattern(1 + ((i * 37) % 200), i));
    for (const part of parts) core.send(handle, part);
    core.drain();
    const entries = core.gather(handle);
    expect(entries.length).toBeLessThan(8);
    const bytes = Buffer.concat(
      entries.map(({ address, length }) => core.bytes.slice(address, address + length)),
    );
    expect(bytes).toEqual(Buffer.concat(parts));
  });

  test("gathered bytes stay as they are until sent covers them", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(1000, 1));
    core.drain();
    const [entry] = core.gather(handle) as [{ address: number; length: number }];
    for (let i = 2; i < 200; i++) core.send(handle, pattern(777, i));
    core.call.sent(handle, 400);
    core.send(handle, pattern(333, 3));
    const { address } = entry;
    expect(core.bytes.slice(address + 400, address + 1000)).toEqual(pattern(1000, 1).slice(400));
  });

  test("one write is in flight at a time, of at most 256 KiB", () => {
    const core = new Embedder(build, [16 << 20, 4, 65536]);
    const handle = core.opened();
    for (let i = 0; i < 10; i++) core.send(handle, pattern(60_000, i));
    expect(core.kinds()).toEqual(["flush"]);
    core.gather(handle);
    expect(core.control(abi.CONTROL_LENGTH)).toBe(abi.FLUSH_BYTES_MAX);
    expect(core.call.gather(handle)).toBe(abi.E_BUSY);
    core.send(handle, pattern(10));
    expect(core.kinds()).toEqual([]);
    core.call.sent(handle, abi.FLUSH_BYTES_MAX - 1);
    expect(core.kinds()).toEqual([]);
    core.call.sent(handle, 1);
    expect(core.kinds()).toEqual(["flush"]);
  });

  test("a payload above the pooled size is external, and what follows joins it", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(100));
    expect(core.call.reserve(handle, abi.POOLED_PAYLOAD_BYTES_MAX + 1)).toBe(0);
    core.call.send_external(handle, 100_000);
    expect(core.call.reserve(handle, 5)).toBe(0);
    core.call.send_external(handle, 5);
    expect(core.call.buffered_amount(handle)).toBe(100_105);
    core.drain();
    const entries = core.gather(handle);
    expect(entries.map(({ address, length }) => [address === 0, length])).toEqual([
      [false, 100],
      [true, 100_005],
    ]);
    core.call.sent(handle, 50_000);
    expect(core.call.reserve(handle, 5)).toBe(0);
    core.call.sent(handle, 50_105);
    expect(core.call.buffered_amount(handle)).toBe(0);
    expect(core.call.reserve(handle, 5)).toBeGreaterThan(0);
  });

  test("all sends together take no more than half of what is promised to no socket", () => {
    const core = new Embedder(build);
    const [, most = 0] = SMALL;
    for (let i = 0; i < most; i++) {
      const handle = core.opened();
      for (let length = 65536; length >= 256; length >>= 1) {
        while (core.call.reserve(handle, length) !== 0) core.send(handle, pattern(length));
      }
    }
    const total = core.control(abi.CONTROL_POOL_BYTES);
    const taken = total - core.control(abi.CONTROL_POOL_FREE);
    expect(taken).toBeLessThanOrEqual((total - most * 256) / 2);
    expect(taken).toBeGreaterThan(total / 3);
  });

  test("external bytes wait for blocks that one write cannot list", () => {
    const core = new Embedder(build, [2 << 20, 64, abi.WINDOW_BYTES_MIN]);
    const [greedy, handle] = [core.opened(), core.opened()];
    const fill = (on: number, length: number): void => {
      while (core.call.reserve(on, length) !== 0) core.send(on, pattern(length));
    };
    const small = Array.from({ length: 40 }, () => core.opened());
    for (const one of small) core.send(one, pattern(512));
    for (let length = 65536; length >= 256; length >>= 1) fill(greedy, length);
    for (const one of small) {
      core.finish(one); // what it had is room for two of the smallest blocks
      fill(handle, 200);
    }
    core.send(handle, pattern(200)); // finds none
    core.drain();
    const entries = core.gather(handle);
    expect(entries).toHaveLength(63);
    expect(entries.filter(({ address }) => address === 0)).toEqual([]);
  });

  test("M78: bufferedAmount is exact over blocks, external bytes and writes in flight", () => {
    const op = fc.oneof(
      fc.record({ send: fc.integer({ min: 0, max: 90_000 }) }),
      fc.record({ sent: fc.nat(300_000) }),
      fc.record({ gather: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 120 }), (ops) => {
        const core = new Embedder(build);
        const handle = core.opened();
        let buffered = 0;
        let inFlight = 0;
        for (const one of ops) {
          if ("send" in one) {
            const full = core.send(handle, new Uint8Array(one.send));
            if (one.send > 0) buffered += one.send;
            if (one.send > 0) expect(full).toBe(buffered <= 65536 ? 1 : 0);
          } else if ("sent" in one) {
            const count = Math.min(one.sent, inFlight);
            core.call.sent(handle, count);
            buffered -= count;
            inFlight -= count;
          } else if (inFlight === 0 && buffered > 0) {
            core.gather(handle);
            inFlight = core.control(abi.CONTROL_LENGTH);
            expect(inFlight).toBeGreaterThan(0);
            expect(inFlight).toBeLessThanOrEqual(Math.min(buffered, abi.FLUSH_BYTES_MAX));
          }
          core.drain();
          expect(core.call.buffered_amount(handle)).toBe(buffered);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("maxBufferedAmount refuses what would pass it, and queues nothing", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_BUFFERED_MAX]: 1000 });
    expect(core.send(handle, pattern(1000))).toBe(1);
    expect(core.call.reserve(handle, 1)).toBe(abi.E_LIMIT);
    expect(core.call.send_external(handle, 1)).toBe(abi.E_LIMIT);
    expect(core.call.buffered_amount(handle)).toBe(1000);
    core.drain();
    core.transmit(handle);
    expect(core.call.reserve(handle, 1)).toBeGreaterThan(0);
  });

  test("M80: what is sent in the data in front of a drain holds the drain back", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    for (let i = 0; i < 2; i++) core.send(handle, pattern(40_000));
    core.call.suspend(handle);
    core.receive(handle, pattern(5));
    core.drain();
    core.transmit(handle);
    core.call.resume(handle);
    expect(core.poll().map(({ kind }) => kind)).toContain("data");
    core.send(handle, pattern(7)); // in its handler
    expect(core.kinds()).not.toContain("drain");
    core.transmit(handle);
    expect(core.kinds()).toEqual(["drain"]);
  });

  test("misuse is refused and changes nothing", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.call.commit(handle, 1)).toBe(abi.E_ARG);
    core.send(handle, pattern(10));
    expect(core.call.commit(handle, 100_000)).toBe(abi.E_ARG);
    expect(core.call.reserve(handle, -1)).toBe(abi.E_ARG);
    expect(core.call.sent(handle, 1)).toBe(abi.E_ARG);
    expect(core.call.sent(handle, -1)).toBe(abi.E_ARG);
    for (const bad of [0, -1, Number.NaN, 2 ** 60, Number.POSITIVE_INFINITY]) {
      expect(core.call.send_external(handle, bad)).toBe(abi.E_ARG);
    }
    expect(core.call.buffered_amount(handle)).toBe(10);
    core.drain();
    expect(core.transmit(handle)).toEqual(Buffer.from(pattern(10)));
  });

  test("idle sockets hold no block", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(5000));
    core.drain();
    core.transmit(handle);
    core.drain();
    expect(core.poolFree).toBe(core.poolBytes);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

describe.each(BUILDS)("the pool of %s", (build) => {
  test("starts whole and never changes the size of memory", () => {
    const core = new Embedder(build);
    const pages = core.memory.buffer.byteLength;
    expect(pages).toBe(2 << 20);
    expect(core.poolFree).toBe(core.poolBytes);
    const handle = core.opened();
    while (core.call.reserve(handle, 60_000) > 0) core.call.commit(handle, 60_000);
    expect(core.memory.buffer.byteLength).toBe(pages);
  });

  test("says 0 when full, and is whole again afterwards", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 32 }, () => core.opened());
    let pooled = 0;
    for (const handle of handles) {
      for (let i = 0; i < 40; i++) {
        const address = core.call.reserve(handle, 4000);
        if (address === 0) break;
        core.call.commit(handle, 4000);
        pooled += 4000;
      }
    }
    expect(pooled).toBeGreaterThan(core.poolBytes / 3);
    expect(core.poolFree).toBeGreaterThan(core.poolBytes / 2); // the other half is for receiving
    expect(core.call.reserve(handles[31] as number, 4000)).toBe(0);
    for (const handle of handles) core.finish(handle);
    expect(core.poolFree).toBe(core.poolBytes);
  });

  test("keeps a smallest block for every socket, whatever the others hold", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 32 }, () => core.opened());
    const [greedy] = handles as [number];
    for (let size = 65536; size >= 256; size >>= 1) {
      while (core.call.reserve(greedy, size) > 0) core.call.commit(greedy, size);
    }
    expect(core.poolFree).toBeGreaterThanOrEqual(32 * 256);
    for (const handle of handles.slice(1)) core.call.suspend(handle);
    core.drain();
    for (const [index, handle] of handles.slice(1).entries()) {
      core.receive(handle, pattern(256, index));
    }
    expect(core.kinds().includes("error")).toBe(false);
    for (const [index, handle] of handles.slice(1).entries()) {
      core.call.resume(handle);
      expect(core.delivered()).toEqual(Buffer.from(pattern(256, index)));
    }
  });

  test("gives every byte back under any mixture of sends and confirmations", () => {
    const step = fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 70_000 }), fc.nat());
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const core = new Embedder(build);
        const sockets = Array.from({ length: 8 }, () => core.opened());
        const inFlight = new Array<number>(8).fill(0);
        for (const [which, size, how] of steps) {
          const handle = sockets[which] as number;
          core.send(handle, pattern(size));
          if (how % 3 === 0 && inFlight[which] === 0) {
            core.gather(handle);
            inFlight[which] = core.control(abi.CONTROL_LENGTH);
          } else if (inFlight[which] !== 0) {
            const part = Math.min(inFlight[which] as number, (how % 90_000) + 1);
            expect(core.call.sent(handle, part)).toBe(0);
            (inFlight[which] as number) -= part;
          }
          core.drain();
          expect(core.poolFree).toBeLessThanOrEqual(core.poolBytes);
        }
        for (const handle of sockets) core.finish(handle);
        expect(core.poolFree).toBe(core.poolBytes);
      }),
      { numRuns: 60 },
    );
  });

  test("zeroes what a socket sent and received", () => {
    const core = new Embedder(build);
    const canary = Buffer.from("plaintext-canary");
    const long = Buffer.concat(Array.from({ length: 500 }, () => canary));
    const handle = core.opened();
    core.send(handle, canary);
    core.deliver(handle, long);
    core.deliver(handle, canary);
    core.transmit(handle);
    core.call.suspend(handle);
    core.drain();
    core.receive(handle, long);
    core.send(handle, long);
    core.drain();
    core.gather(handle);
    expect(Buffer.from(core.memory.buffer).includes(canary)).toBe(true);
    core.finish(handle);
    expect(Buffer.from(core.memory.buffer).includes(canary)).toBe(false);
  });
});

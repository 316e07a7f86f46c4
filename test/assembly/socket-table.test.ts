import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, SMALL } from "../support/embedder.ts";

describe.each(BUILDS)("handles of %s", (build) => {
  test("are positive and differ", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 32 }, () => core.open());
    expect(handles.every((handle) => handle > 0)).toBe(true);
    expect(new Set(handles).size).toBe(32);
  });

  test("run out at maxSockets, and come back", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 32 }, () => core.open());
    expect(core.open()).toBe(abi.E_LIMIT);
    expect(core.control(abi.CONTROL_REFUSED)).toBe(0); // the caller knows
    core.finish(handles[5] as number);
    expect(core.open()).toBeGreaterThan(0);
    expect(core.open()).toBe(abi.E_LIMIT);
  });

  test("die with their socket: every call says so and touches no other socket", () => {
    const core = new Embedder(build, [2 << 20, 1, abi.WINDOW_BYTES_MIN]);
    const dead = core.opened();
    core.finish(dead);
    const heir = core.opened();
    expect(heir).not.toBe(dead);
    const { call } = core;
    const calls = [
      ...[call.connected, call.ended, call.closed, call.suspend, call.resume],
      ...[call.close, call.abort, call.half_close, call.gather, call.ready_state],
      ...[call.buffered_amount, call.bytes_sent, call.bytes_received],
    ];
    for (const one of calls) expect(one(dead)).toBe(abi.E_STALE);
    const pairs = [call.received, call.sent, call.failed, call.expired, call.reserve, call.commit];
    for (const one of pairs) expect(one(dead, 1)).toBe(abi.E_STALE);
    expect(call.send_external(dead, 1)).toBe(abi.E_STALE);
    expect(call.open(abi.ROLE_ACCEPTED, dead, 0)).toBe(abi.E_STALE);
    expect(core.drain()).toEqual([]);
    expect(call.ready_state(heir)).toBe(abi.OPEN);
  });

  test("do not come round again within 100,000 sockets, one at a time", () => {
    const core = new Embedder(build, [4 << 20, 1000, abi.WINDOW_BYTES_MIN]);
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      const handle = core.open();
      seen.add(handle);
      core.call.abort(handle);
      core.drain();
      core.call.closed(handle);
      core.drain();
    }
    expect(seen.size).toBe(100_000);
  });

  test("are never a bare index, also when a slot's generations come round", () => {
    const core = new Embedder(build, [2 << 20, 1, abi.WINDOW_BYTES_MIN]);
    const seen = new Set<number>();
    for (let i = 0; i < 2050; i++) {
      const handle = core.open();
      expect(handle).toBeGreaterThan(0xfffff);
      seen.add(handle);
      core.finish(handle);
    }
    expect(seen.size).toBe(2047);
  });

  test("that were never given are stale", () => {
    const core = new Embedder(build, SMALL);
    const given = new Set([core.opened(), core.opened()]);
    fc.assert(
      fc.property(fc.integer(), (handle) => {
        fc.pre(!given.has(handle));
        expect(core.call.ready_state(handle)).toBe(abi.E_STALE);
        expect(core.call.close(handle)).toBe(abi.E_STALE);
      }),
    );
  });

  test("free slots are counted and the memory is whole again", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 20 }, () => core.opened());
    for (const handle of handles) core.send(handle, new Uint8Array(3000));
    expect(core.control(abi.CONTROL_SOCKETS)).toBe(20);
    for (const handle of handles) core.finish(handle);
    expect(core.control(abi.CONTROL_SOCKETS)).toBe(0);
    expect(core.poolFree).toBe(core.poolBytes);
  });
});

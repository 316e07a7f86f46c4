import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

/** Fills a suspended socket's hold with `bytes`, as a host does that cannot pause. */
function flood(core: Embedder, handle: number, bytes: number): string[] {
  const kinds: string[] = [];
  for (let left = bytes; left > 0; left -= abi.WINDOW_BYTES_MIN) {
    core.receive(handle, pattern(Math.min(left, abi.WINDOW_BYTES_MIN)));
    kinds.push(...core.kinds());
  }
  return kinds;
}

function suspended(core: Embedder): number {
  const handle = core.opened();
  core.call.suspend(handle);
  core.drain();
  return handle;
}

describe.each(BUILDS)("held bytes in %s", (build) => {
  test("when memory is full the largest holder fails, and no other notices", () => {
    const core = new Embedder(build, [16 << 20, 64, abi.WINDOW_BYTES_MIN]);
    const [small, middle, large] = [suspended(core), suspended(core), suspended(core)] as const;
    const third = Math.floor(core.poolBytes / 3);
    expect(flood(core, small, 3000)).toEqual([]);
    expect(flood(core, large, third + 300_000)).toEqual([]);
    expect(flood(core, middle, third)).toEqual([]);
    const last = suspended(core);
    const failed: number[] = [];
    for (let i = 0; i < 400 && failed.length === 0; i++) {
      core.receive(last, pattern(abi.WINDOW_BYTES_MIN));
      for (const { kind, socket, a } of core.drain()) {
        if (kind === "error") failed.push(socket, a);
      }
    }
    expect(failed).toEqual([large, reasons.REASON_ENGINE_MEMORY]);
    core.call.resume(small);
    expect(core.delivered()).toEqual(Buffer.from(pattern(3000)));
    core.call.resume(middle);
    expect(core.delivered().length).toBe(third);
  });

  test("a listener's sockets share its limit; a client beside them has its own", () => {
    const core = new Embedder(build, [16 << 20, 64, abi.WINDOW_BYTES_MIN]);
    const listener = core.open(abi.ROLE_LISTENER, { [abi.OPEN_RECEIVE_BYTES_MAX]: 100_000 });
    core.call.connected(listener);
    core.drain();
    const accepted = [0, 1].map(() => core.open(abi.ROLE_ACCEPTED, {}, listener));
    core.drain();
    for (const handle of accepted) core.call.suspend(handle);
    const client = suspended(core);
    core.drain();
    expect(flood(core, client, 400_000)).toEqual([]);
    expect(flood(core, accepted[0] as number, 65_000)).toEqual([]);
    const kinds = flood(core, accepted[1] as number, 49_152);
    expect(kinds.filter((kind) => kind === "error")).toHaveLength(1);
    expect(core.call.ready_state(accepted[0] as number)).toBe(abi.CLOSED);
    expect(core.call.ready_state(accepted[1] as number)).toBe(abi.OPEN);
    expect(core.call.ready_state(client)).toBe(abi.OPEN);
  });

  test("one fails at a time, and none that held less than another", () => {
    const core = new Embedder(build, [4 << 20, 8, abi.WINDOW_BYTES_MIN]);
    const handles = [0, 1, 2, 3].map(() => suspended(core));
    const windows = new Map(handles.map((handle) => [handle, 0]));
    let failed: number[] = [];
    for (let i = 0; failed.length === 0 && i < 1000; i++) {
      const asker = handles[i % 4] as number;
      core.receive(asker, pattern(abi.WINDOW_BYTES_MIN));
      const errors = core.drain().filter(({ kind }) => kind === "error");
      failed = errors.map(({ socket }) => socket);
      if (failed.length === 0) windows.set(asker, (windows.get(asker) ?? 0) + 1);
    }
    expect(failed).toHaveLength(1);
    expect(windows.get(failed[0] as number)).toBe(Math.max(...windows.values()));
    for (const handle of handles) core.finish(handle);
    expect(core.poolFree).toBe(core.poolBytes);
  });

  test("a host that never pauses is told to keep the bytes itself beyond the headroom", () => {
    const core = new Embedder(build, [16 << 20, 4, abi.WINDOW_BYTES_MIN]);
    const handle = suspended(core);
    const headroom = core.control(abi.CONTROL_HEADROOM_BYTES);
    expect(headroom).toBeGreaterThan(4 << 20); // a quarter, and what a framing adds
    expect(flood(core, handle, headroom)).toEqual([]);
    expect(core.receive(handle, pattern(1))).toBe(abi.E_BUSY);
    core.call.resume(handle);
    expect(core.delivered().length).toBe(headroom);
  });
});

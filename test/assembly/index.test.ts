import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

/** A small generator; the seed is printed by the test's name. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SEED = Number(process.env.SEED ?? Date.now() & 0xffffff);

describe.each(BUILDS)("the exports of %s", (build) => {
  test("agree on the version", () => {
    const core = new Embedder(build);
    const version = (abi.ABI_VERSION_MAJOR << 16) | abi.ABI_VERSION_MINOR;
    expect(core.call.abi_version()).toBe(version);
    expect(core.control(abi.CONTROL_ABI)).toBe(version);
  });

  test(`any call with any argument in any order: no trap, no harm to others (seed ${SEED})`, () => {
    const next = random(SEED);
    const core = new Embedder(build);
    const canary = core.opened();
    core.call.suspend(canary);
    core.drain();
    core.receive(canary, pattern(200));
    core.drain();
    const handles = [0, -1, 0x7fffffff];
    const names = Object.keys(core.call).filter((name) => !["memory", "init"].includes(name));
    const size = core.memory.buffer.byteLength;
    for (let i = 0; i < 20_000; i++) {
      const name = names[next(names.length)] as keyof typeof core.call;
      const pick = (): number => {
        const kind = next(5);
        if (kind < 3) return handles[next(handles.length)] as number;
        return kind === 3 ? next(70_000) : next(2 ** 32) - 2 ** 31;
      };
      const [a, b, c] = [pick(), next(4) === 0 ? pick() : next(5000), pick()];
      if (a === canary && name !== "ready_state") continue;
      const call = core.call[name] as (...args: number[]) => number;
      const result = name === "open" ? core.open(next(4), {}, a) : call(a, b, c);
      if (name === "open" && result > 0) handles.push(result);
      if (handles.length > 40) handles.splice(3, 10);
    }
    expect(core.memory.buffer.byteLength).toBe(size);
    core.drain();
    expect(core.call.ready_state(canary)).toBe(abi.OPEN);
    core.call.resume(canary);
    expect(core.delivered()).toEqual(Buffer.from(pattern(200)));
  });
});

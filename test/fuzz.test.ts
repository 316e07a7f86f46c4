/**
 * Random calls of the ABI with random arguments: no trap, nothing another's, nothing left, no call that
 * takes long, and the same from both builds. SEED repeats a run, FUZZ sets how many there are of each.
 * `npm run fuzz` looks for more, guided by what the core's code does.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as abi from "../assembly/abi.ts";
import { BUILDS, Embedder } from "./support/embedder.ts";
import { Fuzz } from "./support/fuzz.ts";
import { AnyCalls, ARGUMENTS } from "./support/fuzz-any.ts";
import { SEED } from "./support/hosts.ts";

const RUNS = Number(process.env.FUZZ ?? 30);
const STEPS = 400;

function transcript(build: string, seed: number): string[] {
  const fuzz = new Fuzz(build, seed);
  try {
    fuzz.run(STEPS);
  } catch (cause) {
    throw new Error(`SEED=${seed} FUZZ=1: ${cause}`, { cause });
  }
  return fuzz.transcript;
}

describe(`calls out of order (seed ${SEED})`, { timeout: 600_000 }, () => {
  test("the debug build's assertions hold", () => {
    for (let i = 0; i < RUNS; i++) transcript("core.debug", SEED + i);
  });

  test("core and core.simd say the same", () => {
    for (let i = 0; i < RUNS; i++) {
      expect(transcript("core.simd", SEED + i)).toEqual(transcript("core", SEED + i));
    }
  });
});

const CALLS = 3000;
const MILLISECONDS_MAX = 10;

/** Milliseconds of each call. */
function times(build: string, seed: number): number[] {
  try {
    const any = new AnyCalls(build, seed);
    any.run(CALLS);
    return any.times;
  } catch (cause) {
    throw new Error(`SEED=${seed} FUZZ=1: ${cause}`, { cause });
  }
}

/** The slowest call. What a busy machine makes slow is fast when the same calls are made again. */
function slowest(build: string, seed: number): number {
  let least = times(build, seed);
  for (let again = 0; again < 9 && Math.max(...least) > MILLISECONDS_MAX; again++) {
    const now = times(build, seed);
    expect(now).toHaveLength(least.length);
    least = least.map((time, i) => Math.min(time, now[i] as number));
  }
  return Math.max(...least);
}

describe.each(BUILDS)(`any export, any arguments: %s (seed ${SEED})`, (build) => {
  test("there is no export that is not called", () => {
    const wasm = readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(wasm));
    const functions = exports.filter(({ kind }) => kind === "function").map(({ name }) => name);
    expect(functions.sort()).toEqual(Object.keys(ARGUMENTS).sort());
  });

  test("before init no framing is allowed, and none is a trap", () => {
    const core = new Embedder(build, null);
    const fixed = [1, 0, 0, 1];
    core.words.set(fixed, core.control(abi.CONTROL_SCRATCH) >>> 2);
    expect(core.call.set_framing(0, fixed.length)).toBe(abi.E_LIMIT);
  });

  test(`no trap, no call above ${MILLISECONDS_MAX} ms, no other socket touched`, {
    timeout: 600_000,
  }, () => {
    for (let i = 0; i < RUNS; i++) {
      expect(slowest(build, SEED + i), `SEED=${SEED + i} FUZZ=1`).toBeLessThan(MILLISECONDS_MAX);
    }
  });
});

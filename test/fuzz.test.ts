/**
 * Random calls of the ABI with random arguments: no trap, nothing another's, nothing left, and the
 * same from both builds. SEED repeats a run, FUZZ sets how many there are of each.
 */
import { describe, expect, test } from "vitest";
import { Fuzz } from "./support/fuzz.ts";
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

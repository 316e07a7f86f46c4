/**
 * A slice of the simulator: random schedules on which the engine and its model must agree, with a
 * seed that is new each time. SEED repeats a run, SIMULATIONS sets how many schedules there are;
 * `npm run simulate` plays millions.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SEED } from "../support/hosts.ts";
import { Choices } from "./choices.ts";
import { diagnose, replayScript, scriptFor } from "./diagnose.ts";
import { expectThrown, play, playSeeds, repeat, Stage } from "./simulate.ts";

const SIMULATIONS = Number(process.env.SIMULATIONS ?? 2000);

let restore: () => void;

beforeAll(() => {
  restore = expectThrown();
});

afterAll(() => restore());

describe("simulator", { timeout: 120_000 }, () => {
  test(`${SIMULATIONS} schedules agree with the model (seed ${SEED})`, async () => {
    const failure = await playSeeds(SEED, SIMULATIONS);
    expect(
      failure && (await diagnose(failure)),
      `npm run simulate -- --seed ${failure?.seed}`,
    ).toBe(null);
  });

  test("a script replays what it was made from, to the bit, and says where it differs", async () => {
    const choices = new Choices(SEED);
    expect(await play(choices, Stage.of(SEED))).toBe(null);
    const script = await scriptFor(SEED, choices.drawn);
    expect(await replayScript(`${script}\n`)).toBe("the same to the bit: // broken: nothing");
    const lines = script.split("\n");
    expect(await replayScript(lines.toSpliced(3, 1).join("\n"))).toMatch(/^other from line 4 on/);
  });

  test("a seed repeats to the bit", async () => {
    const runs = await Promise.all([0, 1].map(() => []));
    for (const entries of runs as object[][]) {
      expect(await repeat(SEED, (entry) => entries.push(entry))).toBe(null);
    }
    const [first = [], second] = runs;
    expect(first.length).toBeGreaterThan(10);
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
  });
});

/**
 * What the speed probe computes from its samples: figures, relations within a round, floors, growth. The
 * samples here are made up; nothing is measured.
 */
import { expect, test } from "vitest";

const load = (file: string) => import(`${new URL(`../../bench/${file}`, import.meta.url)}`);
const { boundOf, median, resultOf, shown, verdictOf } = await load("results.mjs");
const { cpuMost, fallLeast, least, most, moreMost, valueMost } = await load("floors.mjs");
const { judged } = await load("growth.mjs");
const { questions } = await load("questions/index.mjs");
const { besides } = await load("against.mjs");
const { floorsOf, tableOf } = await load("table.mjs");

interface Floor {
  readonly side: string;
  readonly versus?: string;
  readonly measure?: string;
  readonly from?: string;
  readonly fromVersus?: string;
}

interface Question {
  readonly name: string;
  readonly sides: Record<string, { readonly versus: string }>;
  readonly measures: Record<string, unknown>;
  readonly floors?: readonly Floor[];
}

const all: readonly Question[] = questions;
const NET = "net";

/** A round of 100 units in so many seconds and microseconds of CPU. */
const sample = (seconds: number, cpuMicroseconds: number) => ({
  units: 100,
  seconds,
  cpuMicroseconds,
});

const rate = { value: ({ units, seconds }: { units: number; seconds: number }) => units / seconds };
const time = { value: ({ seconds }: { seconds: number }) => seconds, lower: true };

function resultFor(floors: unknown[], samples: unknown, measures: object = { rate, time }) {
  const sides = { own: { versus: NET }, [NET]: { versus: NET } };
  return resultOf({ name: "question", unit: "unit", sides, measures, floors }, samples);
}

test("the median of an even number lies between the two in the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
});

test("relations are medians of quotients within a round", () => {
  // the machine was ten times slower in the second round, for both
  const samples = {
    own: [sample(1, 50), sample(10, 500), sample(1, 60)],
    [NET]: [sample(2, 100), sample(20, 1000), sample(4, 60)],
  };
  const [rates, times] = resultFor([], samples).measures;
  expect(rates.rows[0]).toMatchObject({
    side: "own",
    median: 100,
    speed: 2,
    cpu: 0.5,
    versus: NET,
  });
  expect(rates.rows[0]).toMatchObject({ min: 10, max: 100, cpuNanoseconds: 600 });
  expect(times.rows[0]).toMatchObject({ median: 1, speed: 2 });
  expect(rates.rows[1]).not.toHaveProperty("speed");
});

test("each kind of floor holds at its bound and not beyond", () => {
  const samples = { own: [sample(2, 30)], [NET]: [sample(1, 40)] };
  const floors = [
    ...[least("own", NET, 0.5), least("own", NET, 0.51)],
    ...[most("own", NET, 2, { measure: "time" }), most("own", NET, 1.99, { measure: "time" })],
    ...[cpuMost("own", NET, 0.75), cpuMost("own", NET, 0.74)],
    ...[
      moreMost("own", NET, 1, { measure: "time" }),
      moreMost("own", NET, 0.9, { measure: "time" }),
    ],
    ...[valueMost("own", 50), valueMost("own", 49)],
  ];
  const judgedOnes = resultFor(floors, samples).floors;
  expect(judgedOnes.map(({ holds }: { holds: boolean }) => holds)).toEqual(
    floors.map((_, index) => index % 2 === 0),
  );
  expect(judgedOnes.map(boundOf).slice(0, 8)).toEqual([
    ...["≥ 0.5 ×", "≥ 0.51 ×", "≤ 2 ×", "≤ 1.99 ×", "≤ 0.75 ×", "≤ 0.74 ×", "≤ +1", "≤ +0.9"],
  ]);
});

test("a fall is compared with the other's fall", () => {
  const sides = { a1: { versus: "b1" }, b1: { versus: "b1" }, a2: { versus: "b2" }, b2: {} };
  const floors = [fallLeast("a2", "b2", "a1", "b1", 0.8), fallLeast("a2", "b2", "a1", "b1", 0.9)];
  const samples = {
    a1: [sample(1, 1)],
    b1: [sample(2, 1)],
    a2: [sample(5, 1)],
    b2: [sample(8, 1)],
  };
  const question = { name: "q", unit: "u", sides, measures: { rate }, floors };
  const [held, missed] = resultOf(question, samples).floors; // from 2 × to 1.6 ×
  expect([held.holds, missed.holds]).toEqual([true, false]);
  expect(held.reached).toBeCloseTo(0.8);
});

test("no floor holds about what was not run, and both tables say so", () => {
  const samples = { own: [sample(1, 1)], [NET]: { missing: "there is none here" } };
  const result = resultFor([least("own", NET, 0)], samples);
  expect(result.floors[0]).toMatchObject({ holds: false, missing: NET });
  expect(verdictOf(result.floors[0])).toBe("not compared");
  expect(tableOf([result])).toContain("there is none here");
  expect(floorsOf([result])).toContain(`not compared: ${NET} was not run`);
});

test("every question compares with sides it has, and so do its floors", () => {
  const strangers = all.flatMap(({ name, sides, floors = [], measures }) => {
    const compared = Object.values(sides).map(({ versus }) => versus);
    const named = floors.flatMap(({ side, versus, from, fromVersus }) => [
      side,
      ...[versus, from, fromVersus].filter((other) => other !== undefined),
    ]);
    const unknown = floors.filter(({ measure }) => measure && !(measure in measures));
    return [
      ...[...compared, ...named]
        .filter((side) => !(side in sides))
        .map((side) => `${name}: ${side}`),
      ...unknown.map(({ measure }) => `${name}: measure ${measure}`),
    ];
  });
  expect(strangers).toEqual([]);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test("against another commit each of our sides stands beside itself, without floors", () => {
  const dist = new URL("file:///elsewhere/");
  const { sides, floors } = besides(
    { floors: [least("sansock", NET, 1)], sides: { sansock: { versus: NET }, [NET]: {} } },
    { commit: "abc", dist },
  );
  expect(sides).toEqual({
    sansock: { versus: "sansock @ abc" },
    "sansock @ abc": { versus: "sansock @ abc", as: "sansock", dist },
  });
  expect(floors).toEqual([]);
});

test("memory that levels off has not grown, memory that keeps growing has", () => {
  const mebibyte = 1024 * 1024;
  const readings = (of: (index: number) => number) =>
    Array.from({ length: 50 }, (_, index) => ({ rss: 80 * mebibyte, heap: of(index) * mebibyte }));
  expect(judged(readings((index) => 100 - 20 / (index + 1))).holds).toBe(true);
  expect(judged(readings((index) => 5 + (index % 3))).holds).toBe(true);
  expect(judged(readings((index) => 5 + index / 10)).holds).toBe(false);
  const rss = (step: number) => (_: unknown, index: number) => ({ rss: index * step, heap: 0 });
  expect(judged(Array.from({ length: 50 }, rss(0.3 * mebibyte))).holds).toBe(true);
  expect(judged(Array.from({ length: 50 }, rss(mebibyte))).holds).toBe(false);
});

test("figures have three digits", () => {
  const values = [0.07031, 25.14, 904.4, 1234, 9994, 887_123, 6_781_000, -524.3];
  const texts = ["0.0703", "25.1", "904", "1,234", "9,994", "887 k", "6.78 M", "-524"];
  expect(values.map(shown)).toEqual(texts);
});

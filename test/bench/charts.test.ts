/**
 * What charts and pages show of a run, from a run that is made up: the order of the sides, how far a floor
 * is away, and that a page's parts are replaced and nothing else is.
 */
import { expect, test } from "vitest";

const load = (file: string) => import(`${new URL(`../../bench/${file}`, import.meta.url)}`);
const { chartsOf } = await load("charts/data.mjs");
const { DRAWN, filled } = await load("charts/page.mjs");

interface Chart {
  readonly file: string;
  readonly panels: readonly { rows: { name: string; kind: string; value: number }[] }[];
}

const row = (side: string, median: number) => ({
  ...{ side, median, min: median, max: median, cpuNanoseconds: 1000 / median },
});

const RUN = {
  ...{ date: "2026-01-02T00:00:00Z", node: "v20.0.0", platform: "linux x64", cpu: "a CPU" },
  ...{
    cores: 2,
    memoryBytes: 2 ** 34,
    load: 0.1,
    commit: "abc",
    rounds: 5,
    command: "node bench",
  },
  questions: [
    {
      ...{ name: "fast", unit: "message" },
      measures: [
        {
          ...{ label: "messages/s", lower: false },
          rows: [
            row("sansock", 10),
            row("twin", 30),
            row("node:net", 20),
            { side: "bun", missing: "none here" },
          ],
        },
      ],
      floors: [
        { side: "sansock", versus: "twin", of: "value ×", least: 0.5, reached: 0.25, holds: false },
        { side: "sansock", versus: "twin", of: "CPU ×", most: 0.5, reached: 0.25, holds: true },
        { side: "sansock", versus: "bun", of: "value ×", least: 1, missing: "bun", holds: false },
      ].map((floor) => ({ measure: "messages/s", ...floor })),
    },
    {
      ...{ name: "slow", unit: "socket", floors: [] },
      measures: ["p50 µs", "p99 µs"].map((label) => ({
        ...{ label, lower: true, rows: [row("sansock", 30), row("limit in C", 10)] },
      })),
    },
  ],
};

const charts: readonly Chart[] = chartsOf(RUN);

test("sides stand from best to worst, in every panel alike, without those not run", () => {
  const [fast, slow] = charts as [Chart, Chart];
  const names = ({ panels }: Chart) => panels.map(({ rows }) => rows.map(({ name }) => name));
  expect(names(fast)).toEqual(Array(2).fill(["twin", "node:net", "sansock"]));
  expect(names(slow)).toEqual(Array(2).fill(["limit in C", "sansock"]));
  expect(fast.panels[1]?.rows.map(({ value }) => Math.round(value))).toEqual([33, 50, 100]);
  expect(fast.panels[0]?.rows.map(({ kind }) => kind)).toEqual(["twin", "other", "ours"]);
});

test("floors are shown as how far they are reached, at least and at most alike", () => {
  const floors = charts.find(({ file }) => file === "floors.svg");
  expect(floors?.panels[0]?.rows.map(({ kind, value }) => [kind, value])).toEqual([
    ["missed", 0.5],
    ["ours", 2],
  ]);
});

test("a page's parts are filled, again and again, and what is beside them stays", () => {
  const parts = ["machines", "floors", "figures", "charts", "shown"];
  const empty = parts
    .map((name) => `before ${name}\n<!-- ${name} -->\nOUTDATED\n<!-- end -->\n`)
    .join("");
  const once: string = filled(empty, parts, { [DRAWN]: RUN, "other.json": RUN });
  expect(filled(once, parts, { [DRAWN]: RUN, "other.json": RUN })).toBe(once);
  expect(once).not.toContain("OUTDATED");
  for (const name of parts) expect(once).toContain(`before ${name}\n<!-- ${name} -->\n`);
  const line = "| fast | sansock | twin | value ×, messages/s | ≥ 0.5 × | **0.250**, missed |";
  expect(once).toContain(`${line} **0.250**, missed |`);
  expect(once).toContain("| fast | bun | not run | not run |");
  expect(once).toContain("![fast](charts/fast.svg)");
  expect(() => filled("a page", ["floors"], {})).toThrow("<!-- floors -->");
});

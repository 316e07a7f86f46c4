/**
 * `npm run bench:charts`: from the results in bench/results/ the charts in docs/charts/, which show
 * node20.json, and the tables in docs/performance.md, which have a column for each file there. With
 * --check it writes nothing and says whether the pages are what the results give.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chartsOf } from "./charts/data.mjs";
import { drawer } from "./charts/draw.mjs";
import { DRAWN, filled } from "./charts/page.mjs";

const RESULTS = new URL("results/", import.meta.url);
const ROOT = new URL("../", import.meta.url);
const CHARTS = new URL("docs/charts/", ROOT);
const PAGES = {
  "docs/performance.md": ["machines", "floors", "figures", "charts"],
  "README.md": ["shown"],
};

const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;
const runs = Object.fromEntries(
  (existsSync(RESULTS) ? readdirSync(RESULTS) : [])
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(new URL(file, RESULTS), "utf8"))])
    .filter(([, run]) => run.questions !== undefined), // a soak has none
);
for (const [name, parts] of Object.entries(PAGES)) {
  const file = new URL(name, ROOT);
  const page = readFileSync(file, "utf8");
  const wanted = filled(page, parts, runs);
  if (!check) writeFileSync(file, wanted);
  else if (page !== wanted) fail(`${name} is not of these results: npm run bench:charts`);
}
if (!check) await drawAll();

async function drawAll() {
  const run = runs[DRAWN];
  if (run === undefined) return fail(`none: npm run bench -- --json bench/results/${DRAWN}`);
  mkdirSync(CHARTS, { recursive: true });
  const draw = await drawer();
  const charts = chartsOf(run);
  for (const chart of charts) writeFileSync(new URL(chart.file, CHARTS), draw(chart));
  console.log(`charts: ${charts.length} in docs/charts/, of ${run.date}`);
}

function fail(why) {
  console.error(`charts: ${why}`);
  process.exitCode = 1;
}

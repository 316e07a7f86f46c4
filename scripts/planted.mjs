/**
 * `npm run planted`: tests of the tests. Plants the bugs of test/planted/ one at a time in a copy of the
 * checkout, and tells which suite notices: the simulator, the conformance scripts, the tests that should, or
 * any other of `npm test`. Ends with 1 when fewer than 95 % are noticed, or one cannot be planted.
 *
 *   npm run planted -- [--only id,id] [--kind core|bindings|host] [--workers 2] [--seed 1]
 *
 * A test counts that fails twice with the bug, and passes without.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PLANTED } from "../test/planted/index.mjs";
import { Tree } from "./planted-tree.mjs";

const SEEDS = 3000;
const NOTICED_MIN = 0.95;
const TESTS_SECONDS = 300;
const ALL_SECONDS = 1200;
/** The conformance scripts, on the one core there is by then. */
const SCRIPTS = [["test/vectors.test.ts"], TESTS_SECONDS, [], ["core.simd"]];
/** Kind to the folder whose tests are tried before all others. */
const FOLDERS = { core: "test/assembly/", bindings: "test/bindings/", host: "test/host/" };
const RESULTS = "build/planted/results.json";

const FLAGS = {
  only: { type: "string" },
  kind: { type: "string" },
  workers: { type: "string", default: String(availableParallelism()) },
  seed: { type: "string", default: "1" },
};

/** Files of tests that tell nothing here. */
const broken = new Set();

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
try {
  const { values } = parseArgs({ options: FLAGS });
  process.exitCode = (await main(values)) ? 0 : 1;
} catch (error) {
  console.error(`planted: ${error.message}`);
  process.exitCode = 1;
}

async function main({ only, kind, workers, seed }) {
  const bugs = chosen(only?.split(","), kind);
  const clean = new Tree("clean", seed);
  clean.fill();
  const wrong = bugs.filter(({ file, find }) => clean.read(file).split(find).length !== 2);
  if (wrong.length > 0) {
    throw new Error(`not exactly once in its file: ${wrong.map(({ id }) => id).join(", ")}`);
  }
  const { code, output } = await clean.build();
  if (code !== 0) throw new Error(`the checkout does not build\n${output}`);

  const results = [];
  const waiting = [...bugs];
  const threads = Math.max(1, Math.min(Number(workers), bugs.length));
  await Promise.all(
    Array.from({ length: threads }, async (_, index) => {
      const tree = new Tree(String(index), seed);
      tree.fill();
      tree.takeBuild(clean);
      for (let bug = waiting.shift(); bug; bug = waiting.shift()) {
        results.push(await tell(bug, tree, clean));
        writeFileSync(RESULTS, JSON.stringify(results, null, 1));
      }
    }),
  );
  return summary(results);
}

function chosen(ids, kind) {
  if (kind !== undefined && !Object.hasOwn(PLANTED, kind)) {
    throw new Error(`--kind ${kind}: ${Object.keys(PLANTED).join(", ")} are allowed`);
  }
  const kinds = kind === undefined ? Object.keys(PLANTED) : [kind];
  const bugs = kinds.flatMap((kind) => PLANTED[kind].map((bug) => ({ ...bug, kind })));
  const unknown = ids?.find((id) => !bugs.some((bug) => bug.id === id));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: there is no such bug`);
  return bugs.filter(({ id }) => ids?.includes(id) ?? true);
}

/** Plants it, and prints a line of the table. */
async function tell(bug, tree, clean) {
  const start = performance.now();
  const source = tree.read(bug.file);
  tree.write(
    bug.file,
    source.replace(bug.find, () => bug.replace),
  );
  const found = await notice(bug, tree, clean);
  tree.write(bug.file, source);
  if (found.built) tree.takeBuild(clean);
  const seconds = Math.round((performance.now() - start) / 1000);
  const who = found.suite === null ? "SURVIVES" : found.suite;
  const where = [found.file, found.test].filter(Boolean).join(": ").slice(0, 120);
  console.log(`${bug.id.padEnd(28)} ${who.padEnd(9)} ${String(seconds).padStart(4)} s  ${where}`);
  return { id: bug.id, kind: bug.kind, suite: found.suite, where, seconds };
}

/** Who notices it first, and whether the tree has been built for it. */
async function notice({ kind, file, tests }, tree, clean) {
  const core = kind === "core";
  if (core) must(await tree.buildForSimulator(), file);
  // Node's host is not simulated, and scripts play on the core alone.
  const simulated = file.startsWith("host/node/") ? null : await tree.simulate(SEEDS);
  if (simulated !== null) return { built: core, suite: "simulator", ...simulated };
  const scripted = core ? await tree.test(...SCRIPTS) : null;
  if (scripted !== null) return { built: core, suite: "vectors", ...scripted };
  if (core) must(await tree.build(), file);
  const related = await sure(tree, clean, [...tests, FOLDERS[kind]], TESTS_SECONDS);
  if (related !== null) return { built: core, suite: "tests", ...related };
  if (!core) must(await tree.build(), file); // dist/, too
  const other = await sure(tree, clean, [], ALL_SECONDS);
  return { built: true, suite: other === null ? null : "all tests", ...other };
}

function must({ code, output }, what) {
  if (code !== 0) throw new Error(`${what} does not build with its bug\n${output}`);
}

/** A test that fails with the bug and only with it, or null. What fails without it is left out from then on. */
async function sure(tree, clean, filters, seconds) {
  for (;;) {
    const failed = await tree.test(filters, seconds, [...broken]);
    if (failed?.file === undefined) return failed;
    const again = await tree.test([failed.file], TESTS_SECONDS);
    const without = again && (await clean.test([failed.file], TESTS_SECONDS));
    if (again !== null && without === null) return again;
    const when = again === null ? "only now and then" : "without a bug, too";
    console.log(`${failed.file} fails ${when}, and is left out: ${failed.test}`);
    broken.add(failed.file);
  }
}

/** Whether enough were noticed. */
function summary(results) {
  const count = (suite) => results.filter((one) => one.suite === suite).length;
  const suites = ["simulator", "vectors", "tests", "all tests"];
  console.log(`\n${suites.map((suite) => `${suite}: ${count(suite)}`).join(", ")}`);
  const noticed = results.length - count(null);
  const part = noticed / results.length;
  console.log(`${noticed} killed of ${results.length} (${(part * 100).toFixed(0)} %)`);
  return part >= NOTICED_MIN;
}

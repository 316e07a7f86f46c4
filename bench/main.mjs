/**
 * The speed probe: how fast sansock is beside node:net doing the same, beside its twin in plain
 * JavaScript (twin/), other packages and runtimes, and a loop in C (limit/). Each side and each peer is
 * a process of its own, rounds are interleaved, and what arrives is verified: one wrong byte and the
 * exit code is 1.
 *
 *   npm run bench -- [--only receive-bulk,ping-pong] [--sides twin,onmessages] [--rounds 5] [--quick]
 *                    [--json bench/results/<name>.json] [--profile <folder>] [--node <path>|24]
 *                    [--against <commit>] [--minutes 10] [--congestion reno]
 *
 * --sides takes only the sides whose names contain one of the words. --quick runs everything for
 * seconds: too short to compare, enough to see that it works. --json keeps the raw samples and the
 * machine's facts. --profile has the sides under test write CPU profiles (.cpuprofile), which slows
 * them down. --node runs all of it on another Node, --congestion with another congestion control of the
 * kernel's (congestion.mjs). --against compares sansock here with that of another commit. --minutes
 * looks at memory instead of time (soak.mjs). Floors are told, not enforced: the exit code says
 * whether all ran and was right; with --minutes, whether memory stayed.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { besides, build } from "./against.mjs";
import { barOf } from "./bar.mjs";
import { chosen, numberOf, withSides } from "./chosen.mjs";
import { withCongestion } from "./congestion.mjs";
import { machine } from "./machine.mjs";
import { resultOf } from "./results.mjs";
import { ask } from "./rounds.mjs";
import { node24 } from "./runtimes.mjs";
import { soak } from "./soak.mjs";
import { floorsOf, soakOf, tableOf } from "./table.mjs";

const FLAGS = {
  only: { type: "string" },
  sides: { type: "string" },
  rounds: { type: "string" },
  quick: { type: "boolean", default: false },
  json: { type: "string" },
  profile: { type: "string" },
  node: { type: "string" },
  against: { type: "string" },
  minutes: { type: "string" },
  congestion: { type: "string" },
};

try {
  await main(parseArgs({ options: FLAGS }).values);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

async function main(flags) {
  const { only, sides, node, against, minutes, congestion } = flags;
  if (node) return again("node", nodeAt(node));
  if (congestion) return again("congestion", (words) => withCongestion(congestion, words));
  const asked = chosen(only).map((question) => withSides(question, sides));
  const facts = machine();
  if (minutes) return soakAll(asked, numberOf("minutes", minutes, 0.1, 600), facts, flags);
  if (!against) return measure(asked, facts, flags);
  const other = build(against);
  const compared = asked.map((question) => besides(question, other));
  const some = compared.filter(({ sides }) => Object.keys(sides).length !== 0);
  return measure(some, { ...facts, against: other.commit }, flags);
}

async function measure(asked, facts, { quick, json, profile, rounds: wanted = quick ? "1" : "5" }) {
  const rounds = Math.round(numberOf("rounds", wanted, 1, 100));
  const steps = asked.reduce((sum, { sides }) => sum + Object.keys(sides).length * rounds, 0);
  const bar = barOf(steps);
  const results = [];
  try {
    for (const question of asked) {
      const { name } = question;
      bar.update({ what: `${name}: warming up` });
      const execArgv = (side) => profiling(profile, name, side);
      const step = (side) => bar.increment({ what: `${name}: ${side}` });
      const start = performance.now();
      const samples = await ask(question, { rounds, quick, execArgv, step });
      const seconds = (performance.now() - start) / 1000;
      results.push({ ...resultOf(question, samples), seconds });
    }
  } finally {
    bar.stop();
  }
  const congestion = facts.congestion ? `, ${facts.congestion}` : "";
  console.log(`Node ${facts.node}, ${facts.cores} × ${facts.cpu}${congestion}, ${rounds} rounds`);
  console.log(
    "speed ×: above 1 is faster than the side it is compared with; CPU ×: below 1 is less",
  );
  if (quick) console.log("--quick: too short to compare, it shows that everything runs");
  console.log(tableOf(results));
  console.log(floorsOf(results));
  if (json) write(json, { ...facts, rounds, quick, questions: results });
}

async function soakAll(asked, minutes, facts, { json }) {
  const bar = barOf(asked.length);
  bar.update({ what: "starting" });
  const results = await soak(asked, minutes, (what) => bar.update({ what }));
  bar.stop();
  console.log(soakOf(results, minutes));
  if (json) write(json, { ...facts, minutes, soak: results });
  if (results.some(({ holds }) => holds === false)) process.exitCode = 1;
}

/** The same command without that flag, as `changed` has it: from the words of this one to those of another. */
function again(flag, changed) {
  const words = process.argv.slice(2);
  const at = words.findIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
  words.splice(at, words[at] === `--${flag}` ? 2 : 1);
  const [program, ...rest] = changed([process.execPath, process.argv[1], ...words]);
  const { status, error } = spawnSync(program, rest, { stdio: "inherit" });
  if (error) throw new Error(`--${flag}: ${error.message}`);
  process.exitCode = status ?? 1;
}

/** @param node "24", or the path of one */
function nodeAt(node) {
  const { path, missing } = node === "24" ? node24() : { path: node };
  if (missing) throw new Error(missing);
  return ([, ...words]) => [path, ...words];
}

function profiling(folder, question, side) {
  if (!folder) return [];
  return [
    "--cpu-prof",
    `--cpu-prof-dir=${resolve(folder, question, side.replaceAll(/\W+/g, "-"))}`,
  ];
}

function write(file, content) {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content)}\n`);
}

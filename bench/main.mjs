/**
 * The speed probe: how fast sansock is beside node:net doing the same, and beside its twin in plain
 * JavaScript (twin/). Each side and each peer is a process of its own, rounds are interleaved, and
 * what arrives is verified: one wrong byte and the exit code is 1.
 *
 *   npm run bench -- [--only receive-bulk,ping-pong] [--sides twin,onmessages] [--rounds 7]
 *                    [--quick] [--json bench/results/<name>.json] [--profile <folder>]
 *
 * --sides takes only the sides whose names contain one of the words. --quick runs everything for
 * seconds: too short to compare, enough to see that it works. --json keeps the raw samples and the
 * machine's facts. --profile has the sides under test write CPU profiles (.cpuprofile), which slows
 * them down. Floors are told, not enforced: the exit code says whether all ran and was right.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import progress from "cli-progress";
import { questions } from "./questions/index.mjs";
import { ask } from "./rounds.mjs";
import { tableOf } from "./table.mjs";

const NO_TTY_MILLISECONDS = 5000;

const FLAGS = {
  only: { type: "string" },
  sides: { type: "string" },
  rounds: { type: "string" },
  quick: { type: "boolean", default: false },
  json: { type: "string" },
  profile: { type: "string" },
};

try {
  await main(parseArgs({ options: FLAGS }).values);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

async function main({ only, sides, quick, json, profile, rounds: wanted = quick ? "2" : "7" }) {
  const asked = chosen(only).map((question) => withSides(question, sides));
  const rounds = checkRounds(wanted);
  const facts = machine();
  const steps = asked.reduce((sum, { sides }) => sum + Object.keys(sides).length * rounds, 0);
  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} {what}",
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: NO_TTY_MILLISECONDS,
  });
  bar.start(steps, 0, { what: "" });
  const results = [];
  try {
    for (const question of asked) {
      const { name } = question;
      bar.update({ what: `${name}: warming up` });
      const execArgv = (side) => profiling(profile, name, side);
      const step = (side) => bar.increment({ what: `${name}: ${side}` });
      results.push({ question, samples: await ask(question, { rounds, quick, execArgv, step }) });
    }
  } finally {
    bar.stop();
  }
  console.log(`Node ${facts.node}, ${facts.cores} × ${facts.cpu}, ${rounds} rounds`);
  console.log(
    "speed ×: above 1 is faster than the side it is compared with; CPU ×: below 1 is less",
  );
  if (quick) console.log("--quick: too short to compare, it shows that everything runs");
  console.log(tableOf(results));
  if (json) write(json, facts, results);
}

function chosen(only) {
  if (only === undefined) return questions;
  const names = only.split(",");
  for (const name of names) {
    if (!questions.some((one) => one.name === name)) {
      throw new Error(`--only ${name}: there are ${questions.map((one) => one.name).join(", ")}`);
    }
  }
  return questions.filter(({ name }) => names.includes(name));
}

function withSides(question, words) {
  if (words === undefined) return question;
  const wanted = ([name]) => words.split(",").some((word) => name.includes(word));
  const sides = Object.entries(question.sides).filter(wanted);
  if (sides.length === 0) {
    const all = Object.keys(question.sides).join(", ");
    throw new Error(`--sides ${words}: ${question.name} has ${all}`);
  }
  return { ...question, sides: Object.fromEntries(sides) };
}

function checkRounds(text) {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 100) return rounds;
  throw new Error(`--rounds ${text}: an integer from 1 to 100 is allowed`);
}

function profiling(folder, question, side) {
  if (!folder) return [];
  return [
    "--cpu-prof",
    `--cpu-prof-dir=${resolve(folder, question, side.replaceAll(/\W+/g, "-"))}`,
  ];
}

function machine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    command: ["node", relative("", process.argv[1]), ...process.argv.slice(2)].join(" "),
  };
}

function write(file, facts, results) {
  const raw = results.map(({ question: { name, unit }, samples }) => ({ name, unit, samples }));
  writeFileSync(file, `${JSON.stringify({ ...facts, questions: raw }, null, 2)}\n`);
}

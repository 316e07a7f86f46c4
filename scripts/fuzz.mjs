/**
 * `npm run fuzz`: the core as C (wasm2c) under libFuzzer, which looks for calls and for bytes that bring
 * it somewhere new. Installs wabt and clang with apt-get where they are missing, builds in build/fuzz/,
 * begins with what test/fuzz/corpus/ keeps, and ends with code 1 when something was found.
 *
 *   npm run fuzz -- [--seconds 60] [--target calls|bytes] [--build core.debug|core] [--merge]
 *   npm run fuzz -- --target calls --replay FILE     what a finding does, call by call
 *
 * The seconds are shared by the targets. `--merge` keeps what was new: it writes the smallest inputs that
 * cover everything back to test/fuzz/corpus/, where each line is an input in hexadecimal digits.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildTarget, TARGETS } from "./fuzz-build.mjs";
import { runFuzzer, runQuietly } from "./fuzz-run.mjs";

/** Of one target: so that the repository stays small. */
const CORPUS_BYTES_MAX = 150_000;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    target: { type: "string" },
    build: { type: "string", default: "core.debug" },
    replay: { type: "string" },
    merge: { type: "boolean", default: false },
  },
});

try {
  await main();
} catch (error) {
  console.error(`fuzz: ${error.message}`);
  process.exitCode = 1;
}

async function main() {
  const targets = options.target === undefined ? Object.keys(TARGETS) : [options.target];
  const seconds = Number(options.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds ${options.seconds}: a number above 0`);
  for (const target of targets) {
    if (!Object.hasOwn(TARGETS, target)) {
      throw new Error(`--target ${target}: ${Object.keys(TARGETS).join(" or ")}`);
    }
    const program = buildTarget(target, options.build);
    if (options.replay !== undefined) replay(program, options.replay);
    else await fuzz(target, program, seconds / targets.length);
  }
}

/** Every call and record, and what was wrong in the end. */
function replay(program, file) {
  if (!existsSync(file)) throw new Error(`--replay ${file}: there is no such file`);
  const { status } = runQuietly(program, [file], { FUZZ_TRACE: "1" }, "inherit");
  if (status !== 0) process.exitCode = 1;
}

async function fuzz(target, program, seconds) {
  const corpus = unpack(target);
  const { executions, covered, edges, finding } = await runFuzzer(program, target, seconds, corpus);
  const result = finding === null ? "nothing found" : "FOUND something";
  console.log(
    `fuzz: ${target}: ${executions} executions (${Math.round(executions / seconds)} a second), ` +
      `${covered} of ${edges} edges covered, ${result}`,
  );
  if (finding !== null) {
    const again = `--target ${target} --build ${options.build} --replay ${finding}`;
    console.log(`fuzz: what it does, call by call: npm run fuzz -- ${again}`);
    process.exitCode = 1;
  } else if (options.merge) merge(target, program, corpus);
}

/** What is kept, beside what earlier runs have found on this machine. */
function unpack(target) {
  const folder = `build/fuzz/corpus/${target}`;
  mkdirSync(folder, { recursive: true });
  const kept = `test/fuzz/corpus/${target}.txt`;
  const lines = existsSync(kept) ? readFileSync(kept, "utf8").split("\n").filter(Boolean) : [];
  for (const line of lines) {
    const input = Buffer.from(line, "hex");
    writeFileSync(`${folder}/${createHash("sha1").update(input).digest("hex")}`, input);
  }
  return folder;
}

function merge(target, program, corpus) {
  const text = smallest(target, program, corpus, 1) ?? smallest(target, program, corpus, 0);
  if (text === null) throw new Error(`the corpus of ${target} would be too large`);
  writeFileSync(`test/fuzz/corpus/${target}.txt`, text);
  console.log(
    `fuzz: ${target}: ${text.split("\n").length - 1} inputs kept, ${text.length} characters`,
  );
}

/** The inputs that cover all edges, with counters all numbers of times too; null if that is too much. */
function smallest(target, program, corpus, counters) {
  const merged = `build/fuzz/merged/${target}`;
  rmSync(merged, { recursive: true, force: true });
  mkdirSync(merged, { recursive: true });
  const flags = ["-merge=1", `-use_counters=${counters}`, merged, corpus];
  const { status, output } = runQuietly(program, flags);
  if (status !== 0) throw new Error(`merging failed\n${output.slice(-3000)}`);
  const inputs = readdirSync(merged).map((name) => readFileSync(`${merged}/${name}`, "hex"));
  const order = (a, b) => a.length - b.length || (a < b ? -1 : 1);
  const text = `${inputs.sort(order).join("\n")}\n`;
  return text.length <= CORPUS_BYTES_MAX ? text : null;
}

/**
 * Runs a program of libFuzzer and reads what it says: progress, the count of executions, what it covered,
 * and the input it stopped at, which is then made as small as possible.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";

/** Longest input: longer ones find nothing that short ones do not, and take their time. */
const LENGTH_MAX = 256;
const PROGRESS_MILLISECONDS = 10_000;
/** Merging says a line for each input. */
const OUTPUT_BYTES_MAX = 1 << 28;
const FINDINGS = "build/fuzz/findings";

/** Fuzzes for so long, or until something is found; `finding` is its file, or null. */
export async function runFuzzer(program, target, seconds, corpus) {
  mkdirSync(FINDINGS, { recursive: true });
  const args = [
    `-max_total_time=${Math.ceil(seconds)}`,
    `-max_len=${LENGTH_MAX}`,
    "-dict=test/fuzz/messages.dict",
    "-entropic=0", // its bookkeeping takes longer than the core
    "-timeout=5",
    "-reload=0",
    "-print_final_stats=1",
    `-artifact_prefix=${FINDINGS}/${target}-`,
    corpus,
  ];
  const { status, output } = await follow(program, args, target);
  const number = (pattern) => Number(output.match(pattern)?.[1] ?? 0);
  const written = output.match(/Test unit written to (\S+)/)?.[1] ?? null;
  if (status !== 0 && written === null)
    throw new Error(`${program} failed\n${output.slice(-3000)}`);
  if (written !== null) console.log(explain(output));
  return {
    executions: number(/stat::number_of_executed_units: (\d+)/),
    covered: Number(output.match(/.* cov: (\d+)/s)?.[1] ?? 0),
    edges: number(/Loaded 1 modules +\((\d+) inline/),
    finding: written && minimise(program, written),
  };
}

/** What the oracle said, and where it was said from. */
function explain(output) {
  const lines = output.split("\n");
  const from = lines.findIndex((line) => /^FINDING|ERROR: libFuzzer/.test(line));
  return lines.slice(from, from + 16).join("\n");
}

/** Progress goes to the terminal now and then; everything is kept. */
function follow(program, args, target) {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  let last = "";
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/^#\d+/.test(line)) last = line;
    // The lines about each new input are many, and say nothing that the last one does not.
    if (!/^\t?(#\d.*(REDUCE|NEW |pulse)|NEW_)/.test(line)) output += `${line}\n`;
  });
  const progress = setInterval(() => {
    const [, count, covered] = last.match(/^#(\d+).* cov: (\d+)/) ?? [];
    if (count !== undefined) console.log(`fuzz: ${target}: ${count} executions, ${covered} edges`);
  }, PROGRESS_MILLISECONDS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(progress);
      resolve({ status, output });
    });
  });
}

/** The smallest input libFuzzer finds in half a minute that does the same. */
function minimise(program, file) {
  const small = `${file}.min`;
  const flags = ["-minimize_crash=1", "-max_total_time=30", `-exact_artifact_path=${small}`];
  runQuietly(program, [...flags, file]);
  return runQuietly(program, [small]).status > 0 ? small : file;
}

export function runQuietly(program, args, env = {}, stdio = "pipe") {
  const options = {
    stdio,
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
    env: { ...process.env, ...env },
  };
  const { status, signal, stderr, error } = spawnSync(program, args, options);
  if (error) throw error;
  return { status: signal === null ? status : 1, output: stderr };
}

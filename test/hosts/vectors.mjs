/** The conformance scripts, played by a host's program: scripts/vectors.mjs writes them, and judges the answers. */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("../../scripts/vectors.mjs", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../build/hosts/", import.meta.url));
const STREAM = `${FOLDER}vectors.ndjson`;
const WHOLE = `${FOLDER}whole.ndjson`;
const LARGE = { maxBuffer: 64 << 20 };
const PATIENCE = 180_000;

let written;

/** { passed, failures, skips, digest, seconds } of all scripts, under all splits if the host plays them. */
export async function playVectors(host) {
  const { splits = true } = host;
  written ??= Promise.all([write(STREAM, ["--splits"]), write(WHOLE, [])]);
  await written;
  const start = performance.now();
  const { answers, ended } = await answersOf(host, splits ? STREAM : WHOLE);
  const seconds = (performance.now() - start) / 1000;
  const file = `${FOLDER}answers.txt`;
  writeFileSync(file, answers);
  const flags = [...(splits ? ["--splits"] : []), "--check", file, "--json"];
  const { stdout } = await run(process.execPath, [SCRIPT, ...flags], LARGE).catch((error) => error);
  const verdict = JSON.parse(stdout);
  if (ended !== 0) verdict.failures.push(`vectors: ended with ${ended}`);
  return { ...verdict, seconds };
}

async function write(file, flags) {
  mkdirSync(FOLDER, { recursive: true });
  const { stdout } = await run(process.execPath, [SCRIPT, ...flags], LARGE);
  writeFileSync(file, stdout);
}

function answersOf(host, stream) {
  const [path, ...argv] = host.command(["vectors"]);
  const child = spawn(path, argv, { stdio: [openSync(stream, "r"), "pipe", "inherit"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  let answers = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    answers += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(deadline);
      resolve({ answers, ended: signal ?? code });
    });
  });
}

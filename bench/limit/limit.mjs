/**
 * limit.c as a side: compiled into build/bench/ when first asked for, a process for each round, which
 * times itself. Where there is no C compiler the side is reported as not run.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SOURCES = ["limit.c", "limit.h"].map((file) => pathOf(file));
const FOLDER = pathOf("../../build/bench/");
const BINARY = `${FOLDER}limit`;

let found;

/** What such a side needs: {} or { missing }. */
export function compiled() {
  found ??= compile();
  return found;
}

/**
 * A side's `run`.
 * @param what a question of limit.c
 * @param verify (answer, amount) => throws if what came is not right; not needed where the peer checks
 */
export function limit(what, verify = () => {}) {
  return async (side, port, amount, thorough) => {
    const units = amount * (side.times ?? 1);
    const words = [what, port, units, Number(thorough)].map(String);
    const { stdout } = await promisify(execFile)(BINARY, words);
    const answer = JSON.parse(stdout);
    verify(answer, units);
    return { ...answer, units };
  };
}

function compile() {
  const made = (file) => statSync(file).mtimeMs;
  if (existsSync(BINARY) && SOURCES.every((file) => made(file) < made(BINARY))) return {};
  mkdirSync(FOLDER, { recursive: true });
  const compiler = process.env.CC ?? "cc";
  const { status, error, signal, stderr } = spawnSync(
    compiler,
    ["-std=gnu11", "-O3", "-march=native", "-Wall", "-Wextra", "-o", BINARY, SOURCES[0]],
    { encoding: "utf8" },
  );
  if (status === 0) return {};
  if (error) return { missing: `no C compiler: ${error.message}` };
  return { missing: `${compiler}, ${signal ?? `exit code ${status}`}: ${stderr.split("\n")[0]}` };
}

function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}

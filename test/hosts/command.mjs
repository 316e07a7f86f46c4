/** Other programs, run to their end: what they say, or why they failed. */
import { spawnSync } from "node:child_process";

/** What it printed, or null if it cannot be run, or fails. */
export function said(...argv) {
  const { status, stdout } = spawnSync(argv[0], argv.slice(1), { encoding: "utf8" });
  return status === 0 ? stdout : null;
}

/** @throws Error with all that it printed, if it fails */
export function run(argv, options = {}) {
  const all = { encoding: "utf8", ...options, env: { ...process.env, ...options.env } };
  const { status, error, stdout, stderr } = spawnSync(argv[0], argv.slice(1), all);
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${error?.message ?? stdout + stderr}`);
}

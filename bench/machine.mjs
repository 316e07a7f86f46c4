/**
 * What a figure depends on: the machine, the Node, the commit, the command.
 */
import { spawnSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { congestionControl } from "./congestion.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

export function machine() {
  return {
    date: new Date().toISOString(),
    commit: git("rev-parse", "--short=12", "HEAD"),
    /** Tracked files that differ from the commit. */
    changed: git("status", "--porcelain", "--untracked-files=no") !== "",
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    congestion: congestionControl(),
    /** Before the first round. Above 0.5 somebody else is at work too. */
    load: loadavg()[0],
    command: ["node", `bench/${basename(process.argv[1])}`, ...process.argv.slice(2)].join(" "),
  };
}

function git(...words) {
  const { stdout, status } = spawnSync("git", words, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}

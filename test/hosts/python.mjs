/** The embedder in host/python: CPython, the core in wasmtime. For test/hosts/main.mjs. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCES = fileURLToPath(new URL("../../host/python", import.meta.url));
const VENV = fileURLToPath(new URL("../../build/hosts/python", import.meta.url));
const REQUIREMENTS = `${SOURCES}/requirements.txt`;
const INSTALLED = `${VENV}/installed.txt`;

export default { name: "python", version, install, command };

function version() {
  const { status, stdout } = spawnSync("python3", ["--version"], { encoding: "utf8" });
  if (status !== 0) return null;
  const [, wasmtime] = readFileSync(REQUIREMENTS, "utf8").match(/^wasmtime==(\S+)/) ?? [];
  return `C${stdout.trim()}, wasmtime ${wasmtime}`;
}

function install() {
  const wanted = `${version()}\n${readFileSync(REQUIREMENTS, "utf8")}`;
  if (read(INSTALLED) === wanted) return;
  run("python3", "-m", "venv", "--clear", VENV);
  const quiet = ["--quiet", "--disable-pip-version-check"];
  run(`${VENV}/bin/pip`, "install", ...quiet, "--require-hashes", "-r", REQUIREMENTS);
  writeFileSync(INSTALLED, wanted);
}

function command(args) {
  return [`${VENV}/bin/python`, SOURCES, ...args];
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function run(...argv) {
  const { status, error, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${error?.message ?? stdout + stderr}`);
}

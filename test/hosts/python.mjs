/** The embedder in host/python: CPython, the core in wasmtime. For test/hosts/main.mjs. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run, said } from "./command.mjs";

const SOURCES = fileURLToPath(new URL("../../host/python", import.meta.url));
const VENV = fileURLToPath(new URL("../../build/hosts/python", import.meta.url));
const REQUIREMENTS = `${SOURCES}/requirements.txt`;
const INSTALLED = `${VENV}/installed.txt`;

export default { name: "python", version, install, command };

function version() {
  const python = said("python3", "--version");
  if (python === null) return null;
  const [, wasmtime] = readFileSync(REQUIREMENTS, "utf8").match(/^wasmtime==(\S+)/) ?? [];
  return `C${python.trim()}, wasmtime ${wasmtime}`;
}

function install() {
  const wanted = `${version()}\n${readFileSync(REQUIREMENTS, "utf8")}`;
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === wanted) return;
  run(["python3", "-m", "venv", "--clear", VENV]);
  const quiet = ["--quiet", "--disable-pip-version-check"];
  run([`${VENV}/bin/pip`, "install", ...quiet, "--require-hashes", "-r", REQUIREMENTS]);
  writeFileSync(INSTALLED, wanted);
}

function command(args) {
  return [`${VENV}/bin/python`, SOURCES, ...args];
}

/** The embedder in host/rust: the core in wasmi, sockets by mio. For test/hosts/main.mjs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run, said } from "./command.mjs";

const SOURCES = fileURLToPath(new URL("../../host/rust", import.meta.url));
const PROGRAM = fileURLToPath(
  new URL("../../build/hosts/rust/release/sansock-host", import.meta.url),
);

export default { name: "rust", version, install, command };

function version() {
  const cargo = said("cargo", "--version");
  if (cargo === null) return null;
  const [, rust] = cargo.match(/^cargo (\S+)/) ?? [];
  const manifest = readFileSync(`${SOURCES}/Cargo.toml`, "utf8");
  const [, wasmi] = manifest.match(/^wasmi = \{ version = "=([^"]+)"/m) ?? [];
  return `Rust ${rust}, wasmi ${wasmi}`;
}

function install() {
  run(["cargo", "build", "--release", "--locked", "--quiet"], { cwd: SOURCES });
}

function command(args) {
  return [PROGRAM, ...args];
}

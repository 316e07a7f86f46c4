/** The embedder in host/rust: the core in wasmi, sockets by mio. For test/hosts/main.mjs. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCES = fileURLToPath(new URL("../../host/rust", import.meta.url));
const PROGRAM = fileURLToPath(
  new URL("../../build/hosts/rust/release/sansock-host", import.meta.url),
);

export default { name: "rust", version, install, command };

function version() {
  const { status, stdout } = spawnSync("cargo", ["--version"], { encoding: "utf8" });
  if (status !== 0) return null;
  const [, rust] = stdout.match(/^cargo (\S+)/) ?? [];
  const manifest = readFileSync(`${SOURCES}/Cargo.toml`, "utf8");
  const [, wasmi] = manifest.match(/^wasmi = \{ version = "=([^"]+)"/m) ?? [];
  return `Rust ${rust}, wasmi ${wasmi}`;
}

function install() {
  const args = ["build", "--release", "--locked", "--quiet"];
  const options = { cwd: SOURCES, encoding: "utf8" };
  const { status, error, stdout, stderr } = spawnSync("cargo", args, options);
  if (status !== 0) throw new Error(`cargo build: ${error?.message ?? stdout + stderr}`);
}

function command(args) {
  return [PROGRAM, ...args];
}

/** The embedder in host/c: the core turned into C by wasm2c. For test/hosts/main.mjs. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = ["gcc", "libc6-dev", "make", "wabt", "libjansson-dev", "libssl-dev"];
const HEADERS = ["/usr/include/jansson.h", "/usr/include/openssl/evp.h"];

export default { name: "c", version, install, command };

function version() {
  const compiler = said("cc", "--version");
  if (compiler === null) return null;
  const name = compiler.includes("clang") ? "clang" : "gcc";
  const [number = "of some version"] = compiler.match(/\d+\.\d+(\.\d+)?/) ?? [];
  return `${name} ${number}, wasm2c ${said("wasm2c", "--version")?.trim() ?? "to come"}`;
}

function install() {
  const there = said("wasm2c", "--version") !== null && said("make", "--version") !== null;
  if (!there || !HEADERS.every(existsSync)) {
    run("apt-get", "update", "-qq");
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", ...PACKAGES);
  }
  const core = resolve(ROOT, process.env.SANSOCK_CORE ?? "build/core.wasm");
  run("make", "-C", `${ROOT}host/c`, "-j2", `SANSOCK_CORE=${core}`);
}

function command(args) {
  return [`${ROOT}build/hosts/c/sansock`, ...args];
}

function said(...argv) {
  const { status, stdout } = spawnSync(argv[0], argv.slice(1), { encoding: "utf8" });
  return status === 0 ? stdout : null;
}

function run(...argv) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error, stdout, stderr } = spawnSync(argv[0], argv.slice(1), {
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(`${argv.join(" ")}: ${error?.message ?? stdout + stderr}`);
}

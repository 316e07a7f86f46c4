/** The embedder in host/c: the core turned into C by wasm2c. For test/hosts/main.mjs. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { run, said } from "./command.mjs";

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
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    run(["apt-get", "update", "-qq"], { env });
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], { env });
  }
  const core = resolve(ROOT, process.env.SANSOCK_CORE ?? "build/core.wasm");
  run(["make", "-C", `${ROOT}host/c`, "-j2", `SANSOCK_CORE=${core}`]);
}

function command(args) {
  return [`${ROOT}build/hosts/c/sansock`, ...args];
}

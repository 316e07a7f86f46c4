/** The embedder in host/go: Go, the core in wazero. For test/hosts/main.mjs. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const GO = "go";
const SOURCES = fileURLToPath(new URL("../../host/go", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../build/hosts/go/sansock", import.meta.url));

export default { name: "go", version, install, command };

function version() {
  const { status, stdout } = spawnSync(GO, ["env", "GOVERSION"], { encoding: "utf8" });
  if (status !== 0) return null;
  const [, wazero] = readFileSync(`${SOURCES}/go.mod`, "utf8").match(/wazero v(\S+)/) ?? [];
  return `${stdout.trim().replace("go", "Go ")}, wazero ${wazero}`;
}

/** Go's own cache makes it quick when nothing has changed. */
function install() {
  const args = ["-C", SOURCES, "build", "-mod=readonly", "-trimpath", "-ldflags=-s -w"];
  const argv = [...args, "-buildvcs=false", "-o", PROGRAM, "."];
  const env = { ...process.env, GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
  const { status, error, stdout, stderr } = spawnSync(GO, argv, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`go ${argv.join(" ")}: ${error?.message ?? stdout + stderr}`);
}

function command(args) {
  return [PROGRAM, ...args];
}

/** The embedder in host/go: Go, the core in wazero. For test/hosts/main.mjs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run, said } from "./command.mjs";

const GO = "go";
const SOURCES = fileURLToPath(new URL("../../host/go", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../build/hosts/go/sansock", import.meta.url));

export default { name: "go", version, install, command };

function version() {
  const version = said(GO, "env", "GOVERSION");
  if (version === null) return null;
  const [, wazero] = readFileSync(`${SOURCES}/go.mod`, "utf8").match(/wazero v(\S+)/) ?? [];
  return `${version.trim().replace("go", "Go ")}, wazero ${wazero}`;
}

/** Go's own cache makes it quick when nothing has changed. */
function install() {
  const args = ["-C", SOURCES, "build", "-mod=readonly", "-trimpath", "-ldflags=-s -w"];
  const argv = [...args, "-buildvcs=false", "-o", PROGRAM, "."];
  run([GO, ...argv], { env: { GOTOOLCHAIN: "local", CGO_ENABLED: "0" } });
}

function command(args) {
  return [PROGRAM, ...args];
}

/**
 * Conformance scripts on the WASI command, in node:wasi: a stream in, answers out. Each script is a run
 * of its own, with files for what the command reads and prints, because node:wasi takes descriptors.
 *
 *   node test/hosts/play-wasi.mjs [conformance.wasm] < scripts
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";
import { idOf, scriptsOf } from "./scripts.mjs";

// Node 20 aborts the whole process in its quick way from wasm to WASI; 22 and 24 do not.
setFlagsFromString("--no-turbo-fast-api-calls");

const BUILT = fileURLToPath(new URL("../../build/conformance.wasm", import.meta.url));

const module = new WebAssembly.Module(readFileSync(process.argv[2] ?? BUILT));
const folder = mkdtempSync(join(tmpdir(), "sansock-wasi-"));
try {
  for (const script of scriptsOf(readFileSync(0, "utf8"))) console.log(play(script));
} finally {
  rmSync(folder, { recursive: true });
}

function play(script) {
  const [input, output] = ["in", "out"].map((name) => join(folder, name));
  writeFileSync(input, script);
  const fds = [openSync(input, "r"), openSync(output, "w"), openSync(devNull, "w")];
  const [stdin, stdout, stderr] = fds;
  try {
    const wasi = new WASI({ version: "preview1", stdin, stdout, stderr, returnOnExit: true });
    const code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
    if (code !== 0) return `${idOf(script)} error exit code ${code}`;
    return readFileSync(output, "utf8").trimEnd();
  } catch (error) {
    return `${idOf(script)} error ${String(error?.message ?? error)}`;
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

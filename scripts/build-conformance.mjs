/**
 * build/conformance.wasm: the WASI command of assembly/conformance.ts. Like the component it is not a
 * part of what `npm test` sets up; its test, and whoever plays it elsewhere, begins with this.
 *
 *   node scripts/build-conformance.mjs
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "./build-core.mjs";
import { hash, list, read } from "./stamp.mjs";

const OUT = "build/conformance.wasm";
const STAMP = "build/.conformance-stamp";
const SHIM = "node_modules/@assemblyscript/wasi-shim/asconfig.json";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConformance();

export async function buildConformance() {
  const sources = [...list("assembly", /\.ts$/), ...list("scripts", /^build-co/)];
  const wanted = hash([...sources, "package-lock.json"]);
  if (read(STAMP) === wanted && existsSync(OUT)) return;
  rmSync(STAMP, { force: true });
  mkdirSync("build", { recursive: true });
  // With assertions, of the core too. Nothing is freed, so the runtime is the one that cannot.
  const args = ["--config", SHIM, "--runtime", "stub", "-O3", "--maximumMemory", "65536"];
  const wasm = await compile("assembly/conformance.ts", args);
  writeFileSync(OUT, wasm);
  console.log(`build: ${OUT} ${wasm.length} bytes`);
  writeFileSync(STAMP, `${wanted}\n`);
}

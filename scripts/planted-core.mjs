/**
 * The core of a copy with a bug, as far as the simulator needs it: the build with SIMD, in a quarter of the
 * time that all builds take. For scripts/planted-tree.mjs, which runs it in the copy.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as asc from "assemblyscript/asc";
import { coreBytes } from "./build-core-bytes.mjs";

const OUT = "build/core.simd.wasm";
const FLAGS = ["--config", "asconfig.json", "--target", "simd", "--outFile", OUT];
const { error, stderr } = await asc.main(["assembly/index.ts", ...FLAGS]);
if (error) {
  console.error(`${stderr}`);
  process.exitCode = 1;
} else {
  const core = readFileSync(OUT);
  writeFileSync("build/core-bytes.ts", coreBytes(core, core));
}

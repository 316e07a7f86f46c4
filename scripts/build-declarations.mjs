/**
 * Declarations of the published entries: tsc's, made fit for users, and of them only what an entry leads to.
 */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { list, read } from "./stamp.mjs";

const FOLDER = "dist/types";

/** @param sources of the entries, such as "bindings/index.ts" */
export async function declarations(sources) {
  const args = ["node_modules/typescript/bin/tsc", "-p", "scripts/tsconfig.types.json"];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error("tsc could not write the declarations");
  const made = list(FOLDER, /\.d\.ts$/);
  for (const file of made) publish(file);
  const needed = new Set();
  for (const source of sources) reach(`${FOLDER}/${source.replace(/\.ts$/, ".d.ts")}`, needed);
  for (const file of made) if (!needed.has(normalize(file))) rmSync(file);
  console.log(`build: ${FOLDER} ${needed.size} files`);
}

/** What users can resolve: ".js" in imports, and for AssemblyScript's number types a number. */
function publish(file) {
  const imports = read(file).replace(/((?:from|import\() ?"\.[^"]*)\.ts"/g, '$1.js"');
  const abi = file.startsWith(`${FOLDER}/assembly/`);
  writeFileSync(file, abi ? imports.replace(/: (i32|u32|f64)\b/g, ": number") : imports);
}

/** Adds `file` and all that it imports. */
function reach(file, needed) {
  const path = normalize(file);
  if (needed.has(path)) return;
  needed.add(path);
  for (const [, to] of read(path).matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g)) {
    reach(join(path, "..", `${to}.d.ts`), needed);
  }
}

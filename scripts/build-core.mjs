/**
 * AssemblyScript to wasm. As asc's output is the same whatever folder it runs in, so is what is made
 * here; test/package/reproducible.pack.ts compares.
 *
 *   node scripts/build-core.mjs {ENTRY TARGET OUT}     cores without what build.mjs adds to them
 */
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as asc from "assemblyscript/asc";

/** asc's word for "the optimiser's last round gained nothing". */
const NOISE = /^Last converge was suboptimal/;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (let rest = process.argv.slice(2); rest.length > 0; rest = rest.slice(3)) {
    const [entry, target, out] = rest;
    writeFileSync(out, await assemble(entry, target));
  }
}

/** With a target of asconfig.json. */
export function assemble(entry, target, more = []) {
  // asc merges ./asconfig.json of whatever folder it runs in, so the file is named.
  return compile(entry, ["--config", "asconfig.json", "--target", target, ...more]);
}

/** Through asc's JavaScript API: one warm process compiles all cores in a fraction of the time. */
export async function compile(entry, args) {
  if (!existsSync(entry)) throw new Error(`${entry} does not exist`);
  let output;
  const { error } = await asc.main([entry, "--outFile", "core.wasm", ...args], {
    stdout: process.stdout,
    stderr: { write: (text) => NOISE.test(text) || process.stderr.write(text) },
    writeFile: (_name, contents) => {
      output = contents;
    },
  });
  if (error || !output)
    throw new Error(`asc could not compile ${entry} (${error?.message ?? "no output"})`);
  return output;
}

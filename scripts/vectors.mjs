/**
 * Feeds a host the conformance scripts of test/vectors, and judges what it answers.
 *
 *   node scripts/vectors.mjs [--splits]                        all scripts, one stream of lines
 *   node scripts/vectors.mjs [--splits] --check FILE [--json]  what became of them; - is the input
 *
 *   node scripts/vectors.mjs | some-host vectors | node scripts/vectors.mjs --check -
 *
 * --splits adds every split of every script as a script of its own, `lines/crlf#3`. A host answers a line a
 * script: `<id> <digest>`, `<id> skip <why>` or `<id> error <what>`; test/vectors/README.md has the rest.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../test/support/vectors/stream.ts", import.meta.url));
const FLAGS = {
  splits: { type: "boolean", default: false },
  check: { type: "string" },
  json: { type: "boolean", default: false },
};

try {
  const { values } = parseArgs({ options: FLAGS });
  const { texts, judge } = await load();
  if (values.check === undefined) await print(texts(values.splits));
  else
    tell(
      judge(readFileSync(values.check === "-" ? 0 : values.check, "utf8"), values.splits),
      values,
    );
} catch (error) {
  if (error.code !== "EPIPE") console.error(`vectors: ${error.message}`);
  process.exitCode = 1;
}

/** Node 20 reads no TypeScript: bundled in memory, where every file stands beside the entry. */
async function load() {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    define: { "import.meta.url": JSON.stringify(pathToFileURL(ENTRY).href) },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`
  );
}

async function print(texts) {
  for (const text of texts) {
    if (!process.stdout.write(`${text}\n`)) await once(process.stdout, "drain");
  }
}

function tell({ passed, failures, skips, digest }, { json }) {
  if (failures.length > 0) process.exitCode = 1;
  const failed = failures.length;
  const skipped = skips.length;
  if (json) {
    console.log(JSON.stringify({ passed, failed, skipped, failures, skips, digest }));
    return;
  }
  for (const failure of failures) console.log(`failed ${failure}`);
  for (const skip of skips) console.log(`skipped ${skip}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped, digest ${digest}`);
}

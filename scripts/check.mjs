/**
 * `npm run check`: everything that can be said about the sources without running them. The checks
 * are independent, so they run side by side, as many as there are cores; each prints one line, and
 * all it has to say when it fails. Leaves its count in build/ci/check.json for .ci/run.
 */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What it is → its command, the slow ones first. */
const CHECKS = {
  "types of bindings, host, test": "tsc -p tsconfig.json",
  "types of the package":
    "attw --pack . --profile esm-only --exclude-entrypoints core.wasm core.simd.wasm component.wasm",
  "API documentation": "typedoc --emit none",
  "unused files, exports, packages": "knip",
  "types of the core": "tsc -p assembly",
  "package.json exports": "publint --strict",
  "format and lint": "biome ci --error-on-warnings --colors=off .",
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const PATH = [resolve("node_modules/.bin"), process.env.PATH].join(delimiter);

const waiting = Object.entries(CHECKS);
const count = { passed: 0, failed: 0 };
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));

mkdirSync("build/ci", { recursive: true });
writeFileSync("build/ci/check.json", JSON.stringify(count));
console.log(`check: ${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;

async function worker() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await check(...next);
}

async function check(name, command) {
  const start = performance.now();
  const { passed, output } = await run(command);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${command}), ${seconds} s`);
  if (!passed) console.log(`${output.trimEnd()}\n`);
  count[passed ? "passed" : "failed"] += 1;
}

function run(command) {
  return new Promise((done) => {
    const options = {
      shell: true,
      env: { ...process.env, PATH, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    };
    const child = spawn(command, options);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.on("error", (error) => done({ passed: false, output: error.message }));
    child.on("close", (code) => done({ passed: code === 0, output }));
  });
}

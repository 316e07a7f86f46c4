/**
 * Writes the state diagram of docs/architecture.md from the running core, so that it cannot differ
 * from the table: every phase and step is asked of `next_phase` in build/core.wasm.
 *
 *   node scripts/state-diagram.mjs [--check]     --check only compares, and fails where they differ
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("../docs/architecture.md", import.meta.url));
const CORE = fileURLToPath(new URL("../build/core.wasm", import.meta.url));
const ABI = fileURLToPath(new URL("../assembly/abi.ts", import.meta.url));
const BETWEEN = /(<!-- state diagram -->\n)[\s\S]*?(<!-- end -->)/;
const READY_STATES = ["connecting", "open", "closing", "closed"];

/** The constants `PREFIX_NAME` of abi.ts in order, as lower-case names. */
function names(prefix) {
  const found = readFileSync(ABI, "utf8").matchAll(
    new RegExp(`^export const ${prefix}_(\\w+): i32 = (\\d+);`, "gm"),
  );
  const list = [];
  for (const [, name, value] of found) list[Number(value)] = name.toLowerCase().replace("_", " ");
  return list;
}

function diagram() {
  const core = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(CORE))).exports;
  const [phases, steps] = [names("PHASE"), names("STEP")];
  const lines = ["```mermaid", "stateDiagram-v2"];
  phases.forEach((phase, index) => {
    lines.push(`  ${phase}: ${phase} (${READY_STATES[core.ready_state_of(index)]})`);
  });
  phases.forEach((phase, from) => {
    const targets = new Map();
    steps.forEach((step, what) => {
      const to = core.next_phase(from, what);
      if (to >= 0 && to !== from) targets.set(to, [...(targets.get(to) ?? []), step]);
    });
    for (const [to, by] of targets) lines.push(`  ${phase} --> ${phases[to]}: ${by.join(", ")}`);
  });
  return `${lines.join("\n")}\n\`\`\`\n`;
}

const page = readFileSync(PAGE, "utf8");
const wanted = page.replace(BETWEEN, (_, before, after) => `${before}${diagram()}${after}`);
if (process.argv.includes("--check")) {
  if (page !== wanted) {
    console.error("docs/architecture.md: the state diagram is not the core's; npm run docs");
    process.exitCode = 1;
  }
} else if (page !== wanted) {
  writeFileSync(PAGE, wanted);
}

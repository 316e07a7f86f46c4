/**
 * Makes the programs of `npm run fuzz`: the core's wasm becomes C, its stores note what they write (so
 * that a reset is cheap), and clang makes libFuzzer's program of it and of test/fuzz/. A target is built
 * when one of its sources is newer.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

/** Target → its sources beside those that all have. */
export const TARGETS = {
  calls: ["calls.c", "sensible.c", "canary.c", "records.c"],
  bytes: ["bytes.c"],
};
const SHARED = ["runtime.c", "framings.c"];
const NUMBERS = ["assembly/abi.ts", "assembly/framing/abi.ts", "assembly/reasons.ts"];
const PACKAGES = ["wabt", "clang", "libclang-rt-14-dev"];

/** Text of wasm2c 1.0 → what it becomes. */
const NOTED = [
  [
    /wasm_rt_memcpy\(&mem->data\[addr\], &wrapped, sizeof\(t1\)\);/g,
    "$& fuzz_written[addr >> 10] = 1; fuzz_written[(addr + sizeof(t1) - 1) >> 10] = 1;",
  ],
  [/memset\(mem->data \+ d, val, n\);/g, "$& fuzz_note(d, n);"],
  [/memmove\(dest->data \+ dest_addr, .*\);/g, "$& fuzz_note(dest_addr, n);"],
];
const NOTING = `
extern u8 fuzz_written[];
static inline void fuzz_note(u64 at, u64 n) {
  if (n != 0) memset(fuzz_written + (at >> 10), 1, ((at + n - 1) >> 10) - (at >> 10) + 1);
}
`;

/** Builds what is out of date; returns the program's path. */
export function buildTarget(target, build) {
  const wasm = `build/${build}.wasm`;
  const folder = `build/fuzz/${build}`;
  const program = `${folder}/${target}`;
  const sources = [...TARGETS[target], ...SHARED].map((name) => `test/fuzz/${name}`);
  const headers = readdirSync("test/fuzz")
    .filter((name) => name.endsWith(".h"))
    .map((name) => `test/fuzz/${name}`);
  const needed = [wasm, ...sources, ...headers, "scripts/fuzz-build.mjs"];
  if (needed.every((path) => age(path) < age(program))) return program;
  mkdirSync(folder, { recursive: true });
  install();
  const object = buildCore(wasm, folder);
  const flags = ["-O2", "-g", "-Wall", "-Wextra", "-Werror", `-I${folder}`, "-Itest/fuzz"];
  const objects = sources.map((source) => {
    const made = `${folder}/${basename(source, ".c")}.o`;
    run("clang", [...flags, "-c", source, "-o", made]);
    return made;
  });
  run("clang", ["-fsanitize=fuzzer", ...objects, object, "-lm", "-o", program]);
  return program;
}

/** Only the core is instrumented: what the harness does is no news. */
function buildCore(wasm, folder) {
  const source = `${folder}/core.c`;
  run("wasm2c", [wasm, "-n", "core", "-o", source]);
  let text = readFileSync(source, "utf8");
  for (const [what, becomes] of NOTED) {
    if (!what.test(text)) throw new Error(`this wasm2c writes no ${what}`);
    text = text.replace(what, becomes);
  }
  const last = text.lastIndexOf("#include");
  const at = text.indexOf("\n", last) + 1;
  writeFileSync(source, text.slice(0, at) + NOTING + text.slice(at));
  writeFileSync(`${folder}/abi.h`, NUMBERS.map(numbers).join(""));
  checkExports(readFileSync(`${folder}/core.h`, "utf8"));
  const object = `${folder}/core.o`;
  const coverage = "-fsanitize-coverage=inline-8bit-counters,pc-table";
  run("clang", ["-O2", "-g", "-w", "-c", coverage, source, "-o", object]);
  return object;
}

/** The constants of a file of plain literals, for C. */
function numbers(path) {
  const constant = /^export const (\w+)[^=]*= (.*);$/gm;
  const found = [...readFileSync(path, "utf8").matchAll(constant)];
  return found.map(([, name, value]) => `#define ${name} (${value})\n`).join("");
}

/** A new export must not be forgotten. */
function checkExports(header) {
  const calls = TARGETS.calls.map((name) => readFileSync(`test/fuzz/${name}`, "utf8")).join("");
  const names = [...header.matchAll(/ Z_coreZ_(\w+)\(/g)].map(([, name]) => name);
  const forgotten = names.filter((name) => {
    const called = new RegExp(`\\bZ_coreZ_${name}\\(|\\b(ONE|TWO)\\(${name}\\)`);
    return name !== "memory" && name !== "control" && !called.test(calls); // runtime.c has these
  });
  if (forgotten.length > 0)
    throw new Error(`test/fuzz/calls.c never calls ${forgotten.join(", ")}`);
}

function install() {
  const has = (command) => spawnSync(command, ["--version"]).status === 0;
  if (has("wasm2c") && has("clang")) return;
  console.log(`fuzz: installing ${PACKAGES.join(", ")} (apt-get)`);
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES]);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} failed (${error?.message ?? `code ${status}`})`);
}

/** When it was last written; never, if it is not there. */
function age(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Builds everything that is derived from the sources: the core (release, debug, and one for each
 * test/support/<name>-core.ts), the component and the WASI command into build/, the published files
 * into dist/. It fails when a core has an import: a core that can call out is not sans-I/O.
 *
 *   node scripts/build.mjs [--no-types] [--missing]
 *
 * `--no-types` leaves out what takes seconds and few need: the declarations, the component, the
 * command. `--missing` makes only these when the rest is up to date.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { abiNumber } from "./build-abi.mjs";
import { assemble } from "./build-core.mjs";
import { coreBytes } from "./build-core-bytes.mjs";
import { declarations } from "./build-declarations.mjs";
import { shortNames } from "./build-names.mjs";
import { beginBuild, buildHash, endBuild, isBuilt, list } from "./stamp.mjs";

/** Published entry → its source. package.json "exports" names the same. */
const ENTRIES = {
  index: "bindings/index.ts",
  mozilla: "bindings/mozilla.ts",
  loopback: "host/loopback/index.ts",
};

/** Entries over the public API import dist/index.js: a copy would have classes of its own. */
const OVER_INDEX = {
  name: "over-index",
  setup({ onResolve }) {
    onResolve({ filter: /\/index\.ts$/ }, ({ path, resolveDir, kind }) => {
      if (kind === "entry-point" || resolve(resolveDir, path) !== resolve(ENTRIES.index)) return;
      return { path: "./index.js", external: true };
    });
  },
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const types = !process.argv.includes("--no-types");
try {
  await build();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}

async function build() {
  const hash = buildHash();
  const code = !(process.argv.includes("--missing") && isBuilt(false, hash));
  beginBuild();
  if (code) rmSync("dist", { recursive: true, force: true });
  for (const folder of ["build", "dist"]) mkdirSync(folder, { recursive: true });

  if (code) await mainCore();
  // tsc is a process of its own: it runs beside what follows.
  await Promise.all([
    types && declarations(Object.values(ENTRIES).filter(existsSync)),
    code && otherCores().then(bundles),
  ]);
  if (types) await otherForms();
  for (const folder of ["build", "dist"]) writeSums(folder);
  endBuild(hash, types);
}

async function mainCore() {
  const baseline = await compile("assembly/index.ts", "release", "build/core.wasm");
  const simd = await compile("assembly/index.ts", "simd", "build/core.simd.wasm");
  writeFileSync("build/core-bytes.ts", coreBytes(baseline, simd));
  for (const name of ["core.wasm", "core.simd.wasm"]) copyFileSync(`build/${name}`, `dist/${name}`);
}

async function otherCores() {
  await compile("assembly/index.ts", "debug", "build/core.debug.wasm");
  for (const entry of list("test/support", /-core\.ts$/)) {
    await compile(entry, "release", `build/core.${basename(entry, "-core.ts")}.wasm`);
  }
}

/** Loaded when they are wanted: jco alone takes half a second. */
async function otherForms() {
  const { buildComponent } = await import("./build-component.mjs");
  const { buildConformance } = await import("./build-conformance.mjs");
  await buildComponent();
  await buildConformance();
  copyFileSync("build/component.wasm", "dist/component.wasm");
  copyFileSync("build/component/types.d.ts", "dist/types/component.d.ts");
}

/** What `sha256sum --check` reads, for whoever takes the files from elsewhere or builds them again. */
function writeSums(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  const lines = files.sort().map((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(`${folder}/${name}`))
      .digest("hex");
    return `${sum}  ${name}\n`;
  });
  writeFileSync(`${folder}/SHA256SUMS`, lines.join(""));
}

/** A core, with its version, and nothing that it could call. */
async function compile(entry, target, outFile) {
  const wasm = Buffer.concat([await assemble(entry, target), versionSection()]);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  if (imports.length > 0) {
    const names = imports.map(({ module, name }) => `${module}.${name}`).join(", ");
    throw new Error(`${outFile} imports ${names}: the core must not call out`);
  }
  writeFileSync(outFile, wasm);
  console.log(`build: ${outFile} ${wasm.length} bytes`);
  return wasm;
}

/** Custom section "sansock": a host can read the ABI version without running the core. */
function versionSection() {
  const abi = ["MAJOR", "MINOR"].map((part) => abiNumber(`ABI_VERSION_${part}`));
  const content = [vector("sansock"), Buffer.from(JSON.stringify({ abi }))];
  return Buffer.concat([Buffer.of(0), vector(Buffer.concat(content))]);
}

/** A wasm vector: its length as one LEB128 byte, then the bytes. */
function vector(content) {
  const bytes = Buffer.from(content);
  if (bytes.length > 127)
    throw new Error("the version section is longer than one LEB128 byte can say");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

async function bundles() {
  for (const [name, source] of Object.entries(ENTRIES)) {
    if (!existsSync(source)) {
      console.log(`build: ${source} does not exist yet, dist/${name}.js left out`);
      continue;
    }
    const outfile = `dist/${name}.js`;
    await bundle({
      entryPoints: [source],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      external: ["node:*"],
      plugins: [OVER_INDEX],
      supported: { "top-level-await": false }, // require() of an ES module would fail
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "warning",
    });
    writeFileSync(outfile, await shortNames(readFileSync(outfile, "utf8")));
    console.log(`build: ${outfile} ${readFileSync(outfile).length} bytes`);
  }
}

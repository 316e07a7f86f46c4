/**
 * build/component.wasm: the core as a component (assembly/component.ts, assembly/wit/), and
 * build/component/: what jco makes of it for JavaScript, and types.d.ts. Not a part of what `npm test`
 * sets up, it takes seconds: the build of what is published and the tests that need it begin with it.
 * Made anew only when a source has changed.
 *
 *   node scripts/build-component.mjs
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, transpile } from "@bytecodealliance/jco";
import { $init as bindgen, generateTypes } from "@bytecodealliance/jco-transpile/component";
import { assemble } from "./build-core.mjs";
import { hash, list, read } from "./stamp.mjs";

const WIT = "assembly/wit/engine.wit";
const OUT = "build/component.wasm";
const SCRIPT_FOLDER = "build/component";
const STAMP = `${SCRIPT_FOLDER}/.stamp`;
const TRANSFORM = "./scripts/build-component-names.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
if (process.argv[1] === fileURLToPath(import.meta.url)) await buildComponent();

export async function buildComponent() {
  const sources = [...list("assembly", /\.(ts|wit)$/), ...list("scripts", /^build-co/)];
  const wanted = hash([...sources, "asconfig.json", "package-lock.json"]);
  if (read(STAMP) === wanted && existsSync(OUT)) return;
  rmSync(SCRIPT_FOLDER, { recursive: true, force: true });
  mkdirSync(SCRIPT_FOLDER, { recursive: true });

  const core = await assemble("assembly/component.ts", "release", ["--transform", TRANSFORM]);
  // jco's own reading of a .wit file sees no folder at all, so the text is handed over.
  const witSource = readFileSync(WIT, "utf8");
  const embedded = await componentEmbed({ binary: core, witSource, world: "sansock" });
  const component = await componentNew(embedded, []);
  const { files, imports } = await transpile(component, { name: "sansock", instantiation: "sync" });
  if (imports.length > 0) throw new Error(`${OUT} imports ${imports.join(", ")}`);
  for (const [name, contents] of Object.entries(files)) {
    const path = `${SCRIPT_FOLDER}/${name}`;
    mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
    writeFileSync(path, contents);
  }
  writeFileSync(`${SCRIPT_FOLDER}/types.d.ts`, await declarations(witSource));
  writeFileSync(OUT, component);
  console.log(`build: ${OUT} ${component.length} bytes`);
  writeFileSync(STAMP, `${wanted}\n`);
}

/** From the text: a component does not carry its comments. */
async function declarations(witSource) {
  await bindgen;
  const options = { wit: { tag: "source", val: witSource }, world: "sansock" };
  const files = generateTypes("sansock", options);
  const [, types] = files.find(([name]) => name.startsWith("interfaces/"));
  return types;
}

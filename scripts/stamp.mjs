/**
 * Stamps: how setup and build know that something is still up to date. A stamp file holds a hash of
 * what went in. It is removed before the work starts and written when all of it is done, so work
 * that was killed in the middle is done again. Node built-ins only: this runs before anything is
 * installed.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const BUILD_STAMP = "build/.stamp";

/** Contents of all files (and of the files in all folders) that decide what a build gives. */
export function buildHash() {
  const files = [
    "package.json",
    "asconfig.json",
    "tsconfig.json",
    ...list("scripts", /^build|^stamp/),
  ];
  for (const folder of ["assembly", "bindings", "host"]) {
    files.push(...list(folder, /\.(ts|wit)$/));
  }
  return hash([...files, ...list("test/support", /-core\.ts$/)]);
}

/** Is there a build of these very sources, with all that is published if it is asked for? */
export function isBuilt(types, hash = buildHash()) {
  const [built, withTypes] = read(BUILD_STAMP).split(" ");
  if (built !== hash || !existsSync("dist/core.wasm")) return false;
  return !types || (withTypes === "types" && ["types", "component.wasm"].every(isPublished));
}

function isPublished(name) {
  return existsSync(`dist/${name}`);
}

export function beginBuild() {
  rmSync(BUILD_STAMP, { force: true });
}

/** `hash` is the one taken before the build: a file saved meanwhile then makes the stamp stale. */
export function endBuild(hash, types) {
  writeFileSync(BUILD_STAMP, `${hash} ${types ? "types" : "no-types"}\n`);
}

export function hash(files, salt = "") {
  const sum = createHash("sha256").update(salt);
  for (const file of files) sum.update(`\0${file}\0`).update(read(file));
  return sum.digest("hex");
}

/** The file's text, "" when there is none. */
export function read(file) {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    return "";
  }
}

/** Files below a folder whose name matches, sorted; none when the folder does not exist. */
export function list(folder, name) {
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {}
  const found = entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return list(path, name);
    return name.test(entry.name) ? [path] : [];
  });
  return found.sort();
}

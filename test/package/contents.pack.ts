/** What is in the tarball: what the entries need, what a reader wants, and nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

const UNPACKED_BYTES_MAX = 420 * 1024;
const READABLE = ["CHANGELOG.md", "LICENSE", "README.md", "dist/SHA256SUMS", "package.json"];
interface Manifest {
  readonly scripts: Record<string, string>;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
  readonly exports: Record<string, string | Record<string, string>>;
}

const { files, unpackedBytes, project } = inject("packed");
const installed = join(project, "node_modules/sansock");
const manifest = JSON.parse(text("package.json")) as Manifest;
const targets = Object.values(manifest.exports).flatMap((target) => {
  return (typeof target === "string" ? [target] : Object.values(target)).map((to) => to.slice(2));
});

function text(file: string): string {
  return readFileSync(join(installed, file), "utf8");
}

/** What a declaration imports. */
function importsOf(file: string): string[] {
  if (!file.endsWith(".d.ts")) return [];
  const imports = text(file).matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g);
  return [...imports].map(([, path]) => join(file, "..", `${path}.d.ts`));
}

test("every entry of exports is there", () => {
  expect(targets.filter((target) => !files.includes(target))).toEqual([]);
});

test("no file is there that no entry needs", () => {
  const needed = new Set([...READABLE, ...targets]);
  for (const file of needed) for (const one of importsOf(file)) needed.add(one); // which grows meanwhile
  expect(files.filter((file) => !needed.has(file))).toEqual([]);
});

test("what a reader wants is there", () => {
  expect(READABLE.filter((file) => !files.includes(file))).toEqual([]);
});

test(`unpacked it is at most ${UNPACKED_BYTES_MAX} bytes`, () => {
  expect(unpackedBytes).toBeLessThanOrEqual(UNPACKED_BYTES_MAX);
});

test("it depends on nothing, and installing it runs nothing", () => {
  const { dependencies, optionalDependencies, peerDependencies, scripts } = manifest;
  expect({ dependencies, optionalDependencies, peerDependencies }).toEqual({});
  const hooks = Object.keys(scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name));
  expect(hooks).toEqual([]);
});

test("no file names a folder of the machine that built it", () => {
  expect(files.filter((file) => text(file).includes(process.cwd()))).toEqual([]);
});

test("declarations import no file that is not there", () => {
  const imported = files.flatMap(importsOf);
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((file) => !files.includes(file))).toEqual([]);
});

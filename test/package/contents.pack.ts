/** What is in the tarball: what the entries need, what a reader wants, and nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

const UNPACKED_BYTES_MAX = 460 * 1024;
const READABLE = ["CHANGELOG.md", "LICENSE", "README.md", "dist/SHA256SUMS", "package.json"];
/** Declarations lie as their sources do; of the core there is only its list of numbers. */
const DECLARATION =
  /^dist\/types\/(assembly\/((framing\/)?abi|reasons)|build\/core-bytes|(bindings|host)\/[\w/-]+)\.d\.ts$/;

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

test("every entry of exports is there", () => {
  expect(targets.filter((target) => !files.includes(target))).toEqual([]);
});

test("no file is there that no entry needs", () => {
  const known = new Set([...READABLE, ...targets]);
  expect(files.filter((file) => !known.has(file) && !DECLARATION.test(file))).toEqual([]);
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
  const missing = files
    .filter((file) => file.endsWith(".d.ts"))
    .flatMap((file) => {
      const imported = [...text(file).matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g)];
      return imported
        .map(([, path]) => join(file, "..", `${path}.d.ts`))
        .filter((path) => !files.includes(path));
    });
  expect(missing).toEqual([]);
});

/**
 * The declarations as published, read by the compiler in projects of the kinds there are. The
 * programs are the type tests of test/types, which `npm run check` holds against the sources.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

interface Kind {
  /** "type" in package.json. */
  readonly type: "module" | "commonjs";
  readonly options: Record<string, unknown>;
}

const NODENEXT = { module: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
const KINDS: Record<string, Kind> = {
  "nodenext, ES modules": { type: "module", options: NODENEXT },
  "nodenext, CommonJS": { type: "commonjs", options: NODENEXT },
  bundler: { type: "module", options: BUNDLER },
};

const { project } = inject("packed");
const modules = join(process.cwd(), "node_modules");

/** What the compiler says to a project of that kind, which holds the type tests. */
function compile(name: string, { type, options }: Kind): string {
  const folder = join(project, name.replace(/\W+/g, "-"));
  mkdirSync(folder);
  cpSync("test/types", folder, { recursive: true });
  const compilerOptions = {
    target: "es2022",
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    allowImportingTsExtensions: true,
    typeRoots: [join(modules, "@types")],
    types: ["node"],
    ...options,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const tsc = join(modules, "typescript/bin/tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
}

test.for(Object.entries(KINDS))("%s", ([name, kind]) => {
  expect(compile(name, kind)).toBe("");
});

// Most programs for Node: no "dom" in lib, what Node has of it comes from @types/node.
test("nodenext, without the DOM's types", () => {
  const lib = ["es2023", "esnext.disposable"];
  expect(compile("no-dom", { type: "module", options: { ...NODENEXT, lib } })).toBe("");
});

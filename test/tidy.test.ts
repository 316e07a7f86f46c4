/**
 * Style as a test: the rules a reviewer would otherwise have to remember. Each rule has its own
 * test and names file and line of what breaks it. Format and lint rules are Biome's.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const LINES_MAX = 250;
const COLUMNS_MAX = 120;
const CORE_BYTES_MAX = 40 * 1024;
const VAGUE_NAMES = /^(utils?|common|types|helpers?)\.\w+$/;

/** Folder → what its files may import, beside what lies in the same folder. */
const MAY_IMPORT: Record<string, RegExp> = {
  assembly: /^$/,
  host: /^assembly\/(abi|reasons)\.ts$|^node:/,
  bindings: /^assembly\/((framing\/)?abi|reasons)\.ts$|^host\/|^build\/core-bytes\.ts$/,
};

interface Import {
  from: string;
  to: string;
  at: string;
  /** `import type`: gone when the code runs. */
  erased: boolean;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", "build", "dist"]);

const files = ["assembly", "bindings", "host", "test", "scripts", "bench", "examples"].flatMap(
  list,
);
const text = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
const sources = files.filter((file) => /^(assembly|bindings|host)\//.test(file));
const imports = sources.flatMap(importsOf);

function list(folder: string): string[] {
  try {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : list(path);
      return /\.(ts|mjs)$/.test(entry.name) ? [path] : [];
    });
  } catch {
    return []; // a folder that does not exist yet
  }
}

function linesOf(file: string): string[] {
  return (text.get(file) ?? "").trimEnd().split("\n");
}

/** The file with comments blanked out: what it says, not what it says about itself. Lines stay. */
function codeOf(file: string): string {
  const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm;
  return (text.get(file) ?? "").replace(comment, (found) => found.replace(/[^\n]/g, ""));
}

function importsOf(file: string): Import[] {
  const code = codeOf(file);
  const statement =
    /\b(?:import|export)\s+(type\s)?[^;"]*?\bfrom\s*"([^"]+)"|\bimport[\s(]*"([^"]+)"/g;
  return [...code.matchAll(statement)].map((match) => {
    const name = match[2] ?? match[3] ?? "";
    const path = name.startsWith(".") ? posix.join(posix.dirname(file), name) : name;
    // AssemblyScript re-exports leave the extension out (asc does not take one there).
    const to = name.startsWith(".") && !path.endsWith(".ts") ? `${path}.ts` : path;
    const line = code.slice(0, match.index).split("\n").length;
    return { from: file, to, at: `${file}:${line}`, erased: match[1] !== undefined };
  });
}

/** Paths of imports that come back to their start. Types may: they do not run. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const { to } of imports.filter(({ from, erased }) => from === file && !erased)) {
      visit(to, [...path, file]);
    }
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  return found;
}

describe("sources", () => {
  test("imports go one way: app → bindings → (the numbers of assembly | host)", () => {
    const wrong = imports.filter(({ from, to }) => {
      const folder = from.replace(/\/.*/, "");
      return !to.startsWith(`${folder}/`) && !MAY_IMPORT[folder]?.test(to);
    });
    expect(wrong.map(({ at, to }) => `${at} must not import ${to}`)).toEqual([]);
  });

  test("imports have no cycle", () => {
    expect(cycles()).toEqual([]);
  });

  test("exactly one file in bindings/ says WebAssembly", () => {
    const loaders = sources.flatMap((file) => {
      const line = codeOf(file)
        .split("\n")
        .findIndex((code) => /\bWebAssembly\b/.test(code));
      return file.startsWith("bindings/") && line >= 0 ? [`${file}:${line + 1}`] : [];
    });
    expect(loaders.slice(1), `beside ${loaders[0]}`).toEqual([]);
    expect(loaders).toHaveLength(1);
  });

  test("each file opens with a paragraph on what it owns", () => {
    const silent = sources.filter((file) => !/^(\/\*\*?\s|\/\/ )/.test(text.get(file) ?? ""));
    expect(silent.map((file) => `${file}:1 has no opening comment`)).toEqual([]);
  });

  test("no file has a name that could hold anything", () => {
    expect(files.filter((file) => VAGUE_NAMES.test(basename(file)))).toEqual([]);
  });
});

/** The lines of a file without what the examples in its docstrings add to it. */
function lengthOf(file: string): number {
  const example = /\/\*\*\n((?: *\* ?(?!@example).*\n)*?) *\*\n *\* @example\n[\s\S]*? \*\/\n/g;
  return (text.get(file) ?? "").replace(example, "$1").trimEnd().split("\n").length;
}

describe("size", () => {
  test(`files have at most ${LINES_MAX} lines, examples aside`, () => {
    const long = files.filter((file) => lengthOf(file) > LINES_MAX);
    expect(long.map((file) => `${file}:${lengthOf(file)}`)).toEqual([]);
  });

  test(`lines have at most ${COLUMNS_MAX} columns`, () => {
    const wide = files.flatMap((file) => {
      return linesOf(file).flatMap((line, i) => {
        return line.length > COLUMNS_MAX ? [`${file}:${i + 1} has ${line.length} columns`] : [];
      });
    });
    expect(wide).toEqual([]);
  });
});

describe.each(["core.wasm", "core.simd.wasm"])("%s", (file) => {
  const bytes = readFileSync(join(ROOT, "build", file));
  const core = new WebAssembly.Module(bytes);
  const names = WebAssembly.Module.exports(core).map(({ name }) => name);
  const functions = names.filter((name) => name !== "memory").sort();

  test(`is at most ${CORE_BYTES_MAX} bytes`, () => {
    expect(bytes.length).toBeLessThanOrEqual(CORE_BYTES_MAX);
  });

  test("imports nothing", () => {
    expect(WebAssembly.Module.imports(core)).toEqual([]);
  });

  test("exports what CoreExports in bindings/core.ts declares", () => {
    const loader = text.get("bindings/core.ts") ?? "";
    const body = loader.match(/interface CoreExports \{([\s\S]*?)\n\}/)?.[1] ?? "";
    const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
    expect(functions).toEqual(methods.sort());
  });

  // Documented as wat: (func (export "received") (param i32 i32) (result i32))
  test("exports what docs/abi.md documents", () => {
    const abi = readFileSync(join(ROOT, "docs/abi.md"), "utf8");
    const documented = [...abi.matchAll(/\(func \(export "(\w+)"\)/g)].map(([, name]) => name);
    expect(functions).toEqual(documented.sort());
  });
});

/** What the pages claim and a program can check. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = new URL("..", import.meta.url);
const PAGES = [
  "README.md",
  "docs/architecture.md",
  "docs/contributing.md",
  "docs/errors.md",
  "docs/porting.md",
];

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

describe("the documentation", () => {
  test("the state diagram is the core's", () => {
    const script = fileURLToPath(new URL("scripts/state-diagram.mjs", ROOT));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });

  test.each(PAGES)("every file that %s names exists", (page) => {
    const named = [
      ...read(page).matchAll(/`((?:assembly|bindings|host|scripts|test|docs)\/[^`*]*)`/g),
    ];
    const missing = named
      .map(([, path]) => path as string)
      .filter((path) => {
        return !existsSync(new URL(path, ROOT));
      });
    expect(missing).toEqual([]);
  });

  test.each(PAGES)("every npm script that %s names exists", (page) => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm (?:run )?([a-z:]+)\b/g)].map(([, name]) => name);
    const known = new Set([...Object.keys(scripts), "ci"]);
    const prose = new Set(["with", "and"]);
    expect(
      named.filter((name) => !known.has(name as string) && !prose.has(name as string)),
    ).toEqual([]);
  });

  const examples = [firstOf("README.md"), ...PAGES.flatMap(runnable)];
  test.each(examples)(
    "the example of %s that begins %j prints what it says",
    (_page, _line, code) => {
      const said = [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text);
      expect(print(code)).toEqual(said);
    },
  );
});

type Example = [page: string, firstLine: string, code: string];

function firstOf(page: string): Example {
  const [, code = ""] = read(page).match(/```js\n([\s\S]*?)```/) ?? [];
  return example(page, code);
}

function runnable(page: string): Example[] {
  const blocks = read(page).matchAll(/```js runnable\n([\s\S]*?)```/g);
  return [...blocks].map(([, code = ""]) => example(page, code));
}

function example(page: string, code: string): Example {
  const line = code.split("\n").find((one) => one !== "" && !one.startsWith("import"));
  return [page, line ?? "", code];
}

/** The lines a program prints. It is run as one of this package: its entries are those in dist/. */
function print(code: string): string[] {
  const args = ["--input-type=module", "-e", code];
  const cwd = fileURLToPath(ROOT);
  const options = { cwd, encoding: "utf8", timeout: 10_000, stdio: "pipe" } as const;
  return execFileSync(process.execPath, args, options).trimEnd().split("\n");
}

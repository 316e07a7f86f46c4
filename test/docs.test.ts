/** What the pages claim and a program can check; docs.examples.test.ts runs their examples. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { read } from "./support/examples.ts";

const ROOT = new URL("..", import.meta.url);
const PAGES = [
  "README.md",
  "docs/architecture.md",
  "docs/contributing.md",
  "docs/errors.md",
  "docs/performance.md",
  "docs/porting.md",
];

describe("the documentation", () => {
  test("the state diagram is the core's", () => {
    const script = fileURLToPath(new URL("scripts/state-diagram.mjs", ROOT));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });

  test("charts and tables of speed are of the results in bench/results/", () => {
    const script = fileURLToPath(new URL("bench/charts.mjs", ROOT));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });

  test.each(PAGES)("every file that %s names exists", (page) => {
    const named = [
      ...read(page).matchAll(/`((?:assembly|bindings|host|scripts|test|docs|examples)\/[^`*]*)`/g),
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
});

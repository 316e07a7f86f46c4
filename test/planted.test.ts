/**
 * The bugs of test/planted/, which `npm run planted` plants: that each can still be planted. Whether the
 * tests notice them takes half an hour, and is docs/reliability.md's.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Bug {
  readonly id: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly breaks: string;
  readonly tests: readonly string[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { PLANTED } = await import(`${new URL("planted/index.mjs", import.meta.url)}`);
const bugs = Object.values<Bug[]>(PLANTED).flat();

test("what a planted bug replaces stands exactly once in its file", () => {
  const wrong = bugs.filter(({ file, find, replace }) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return find === replace || text.split(find).length !== 2;
  });
  expect(wrong.map(({ id, file }) => `${id} (${file})`)).toEqual([]);
});

test("planted bugs have an id of their own, say what they break, and where they are seen", () => {
  expect(new Set(bugs.map(({ id }) => id)).size).toBe(bugs.length);
  const silent = bugs.filter(({ breaks, tests }) => breaks === "" || tests.length === 0);
  expect(silent).toEqual([]);
  expect(bugs.length).toBeGreaterThanOrEqual(40);
});

test("the kind of a planted bug is the folder it lies in", () => {
  const folders: Record<string, string> = {
    core: "assembly/",
    bindings: "bindings/",
    host: "host/",
  };
  for (const [kind, planted] of Object.entries<Bug[]>(PLANTED)) {
    const elsewhere = planted.filter(({ file }) => !file.startsWith(folders[kind] as string));
    expect(elsewhere).toEqual([]);
  }
});

test("the tests that should see a planted bug exist", () => {
  const paths = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const files = paths.map((path) => `test/${path.replaceAll("\\", "/")}`);
  const exists = (path: string): boolean => files.some((file) => file.startsWith(path));
  expect(bugs.flatMap(({ tests }) => tests).filter((path) => !exists(path))).toEqual([]);
});

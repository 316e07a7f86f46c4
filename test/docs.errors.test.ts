/** docs/errors.md has every error a user can meet: each has its heading, and its number if it has one. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as reasons from "../assembly/reasons.ts";
import { TCPSocketError } from "../bindings/index.ts";

const ROOT = new URL("..", import.meta.url);
const page = readFileSync(new URL("docs/errors.md", ROOT), "utf8");
const headings = new Set([...page.matchAll(/^### (\w+)/gm)].map(([, name]) => name));

const failures = Object.entries(reasons).map(
  ([name, reason]) => [name, new TCPSocketError(reason)] as const,
);

/** What bindings/ throw, by name; Error stands for bugs of ours. */
const thrown = readdirSync(new URL("bindings/", ROOT)).flatMap((file) => {
  const code = readFileSync(new URL(`bindings/${file}`, ROOT), "utf8");
  const own = [...code.matchAll(/new (TypeError|RangeError|SyntaxError)\(/g)];
  const dom = [...code.matchAll(/new DOMException\([\s\S]*?"(\w+Error)",?\s*\)/g)];
  return [...own, ...dom].map(([, name]) => [name as string, file] as const);
});

describe("docs/errors.md", () => {
  test.each(failures)("tells of %s", (_, { name, errorCode }) => {
    const [, section = ""] = page.split(`### ${name}\n`);
    expect(headings).toContain(name);
    expect(section.split("\n#")[0]).toContain(`\`0x${errorCode.toString(16)}\``);
  });

  test.each(failures)("is where the message of %s points", (_, { name, message }) => {
    const [, file, anchor] = message.match(/ \((\S+\.md)#(\S+)\)$/) ?? [];
    expect(file).toBe("docs/errors.md");
    expect([...headings].map((heading) => heading?.toLowerCase())).toContain(anchor);
    expect(anchor).toBe(name.toLowerCase());
  });

  test.each([...new Map(thrown)])("tells of %s, which %s throws", (name) => {
    expect(headings).toContain(name);
  });

  test("tells of no number that no error has", () => {
    const known = new Set(failures.map(([, { errorCode }]) => `0x${errorCode.toString(16)}`));
    const named = [...page.matchAll(/0x[0-9a-f]+/g)].map(([number]) => number);
    expect(named.filter((number) => !known.has(number))).toEqual([]);
  });

  test.each(["name", "message", "errorCode", "code", "cause", "errorClass"])(
    "tells of %s",
    (field) => {
      expect(page).toContain(`\`${field}\``);
    },
  );
});

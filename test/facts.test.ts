/**
 * The facts of Mozilla's API are numbered M1 to M127. Each is named in the title of a test that shows
 * it, or it stands here with the reason why there is nothing to show.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const LAST = 127;
const PARTS = ["M92a", "M92b", "M92c", "M115b"];

const NOT_SHOWN: Record<string, readonly string[]> = {
  "an empty data event is not reachable, see M41": ["M37"],
  "no permission is needed: nothing happens": ["M124"],
  "of Gecko's child processes only": ["M126"],
};

const FOLDER = new URL(".", import.meta.url);
const tests = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => {
  return file.endsWith(".test.ts") && !file.includes("traps"); // which names tests of other files
});
const titles = tests.flatMap((file) => {
  const source = readFileSync(new URL(file, FOLDER), "utf8");
  const literals = source.matchAll(/(?<=["`])M\d+[a-c]?(?: M\d+[a-c]?)*(?=: )/g);
  return [...literals].map(([numbers]) => numbers);
});
const shown = new Set(titles.flatMap((numbers) => numbers.split(" ")));
const explained = new Set(Object.values(NOT_SHOWN).flat());

describe("facts", () => {
  test("each is shown by a test that names it, or explained", () => {
    const all = [...Array.from({ length: LAST }, (_, i) => `M${i + 1}`), ...PARTS];
    expect(all.filter((fact) => !shown.has(fact) && !explained.has(fact))).toEqual([]);
  });

  test("none is explained that is shown", () => {
    expect([...explained].filter((fact) => shown.has(fact))).toEqual([]);
  });

  test("no test names a fact that does not exist", () => {
    const strange = [...shown].filter((fact) => {
      return (
        Number.parseInt(fact.slice(1), 10) > LAST || (/\D$/.test(fact) && !PARTS.includes(fact))
      );
    });
    expect(strange).toEqual([]);
  });
});

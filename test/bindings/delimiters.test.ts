/** What is no list of delimiters, and no option. */
import { expect, test } from "vitest";
import { framing } from "../../bindings/index.ts";

test("a hole among the delimiters is a TypeError that names framing.delimited", () => {
  expect(() => framing.delimited(new Array(1))).toThrow(/^framing.delimited: undefined came/);
  // biome-ignore lint/suspicious/noSparseArray: that is what it is about
  expect(() => framing.delimited([, "a"] as never)).toThrow(/^framing.delimited: undefined came/);
});

test("what a function of framing does not take is an unknown option there, too", () => {
  expect(() => framing.lines({ type: "slip" } as never)).toThrow(/"type" is unknown/);
  expect(() => framing.delimited("a", { delimiters: "b" } as never)).toThrow(
    /"delimiters" is unknown/,
  );
});

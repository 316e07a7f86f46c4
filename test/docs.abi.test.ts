/**
 * docs/abi.md names every number that embedders read: each constant of the core's interface stands there
 * beside its value. (That each function does, test/tidy.test.ts says.)
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as abi from "../assembly/abi.ts";
import * as framing from "../assembly/framing/abi.ts";
import * as reasons from "../assembly/reasons.ts";
import { Embedder } from "./support/embedder.ts";

const page = readFileSync("docs/abi.md", "utf8");

/** How a value may be written: -1 is −1 there; two are in hexadecimal. */
function written(value: number): string {
  const digits = value > 0x7fffffff || value === abi.MAGIC ? `0x${value.toString(16)}` : `${value}`;
  return digits.replace("-", "−");
}

/** `NAME` = 5, or 5 `NAME`; in tables with a bar between. */
function isNamed(name: string, value: number): boolean {
  const text = written(value);
  const before = `(?<![\\dx−])${text}[ |]*\`${name}\``;
  return new RegExp(`${before}|\`${name}\`[ |]*=?\\s*${text}(?!\\d)`).test(page);
}

describe.each([
  ["abi.ts", abi],
  ["framing/abi.ts", framing],
  ["reasons.ts", reasons],
])("docs/abi.md names the numbers of assembly/%s", (_file, constants) => {
  test.each(Object.entries(constants) as [string, number][])("%s", (name, value) => {
    expect(isNamed(name, value), `\`${name}\` = ${written(value)}`).toBe(true);
  });
});

test("docs/abi.md names no number that is not there", () => {
  const known = new Set([abi, framing, reasons].flatMap((constants) => Object.keys(constants)));
  const named = [...page.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name as string);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test("docs/abi.md has the core's state table", () => {
  const { call } = new Embedder("core", null);
  const names = ["connecting", "open", "closing", "closed"];
  const rows = Array.from({ length: abi.PHASES }, (_, phase) => {
    const cells = Array.from({ length: abi.STEPS }, (_, step) => {
      const next = call.next_phase(phase, step);
      return next < 0 ? "−" : `${next}`;
    });
    return [names[call.ready_state_of(phase)], ...cells].join(" | ");
  });
  const written = [...page.matchAll(/^\| \d `PHASE_\w+` \| (.*) \|$/gm)].map(([, row]) => row);
  expect(written).toEqual(rows);
});

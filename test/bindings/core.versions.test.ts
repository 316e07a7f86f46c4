/**
 * Cores that the bindings do not take: those of another major version of the ABI, and what is no core at all.
 * The fixtures are made here, a few bytes of wasm each, as an older or newer build would look.
 */
import { describe, expect, test } from "vitest";
import { ABI_VERSION_MAJOR, ABI_VERSION_MINOR, MAGIC } from "../../assembly/abi.ts";
import { compileCore } from "../../bindings/core.ts";
import { CORE, Engine } from "../../bindings/engine.ts";

const OURS = ABI_VERSION_MAJOR * 65536 + ABI_VERSION_MINOR;
const FUNCTION = 0;
const MEMORY = 2;

/** A signed LEB128 number. */
function leb(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return last ? [low] : [low | 0x80, ...leb(rest)];
}

function vector(items: number[][]): number[] {
  return [items.length, ...items.flat()];
}

function section(id: number, content: number[]): number[] {
  return [id, content.length, ...content];
}

function exported(name: string, kind: number, index: number): number[] {
  return [name.length, ...Buffer.from(name), kind, index];
}

/** memory, `abi_version` and `control`, which gives the address of `words`, and nothing else. */
function coreOf(version: number, words: number[]): ReturnType<typeof compileCore> {
  const body = (value: number): number[] => {
    const code = [0, 0x41, ...leb(value), 0x0b]; // no locals, i32.const, end
    return [code.length, ...code];
  };
  const data = [...new Uint8Array(Uint32Array.from(words).buffer)];
  const exports = [
    exported("memory", MEMORY, 0),
    exported("abi_version", FUNCTION, 0),
    exported("control", FUNCTION, 1),
  ];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 0, 1, 0x7f]])), // () -> i32
    ...section(3, vector([[0], [0]])),
    ...section(5, vector([[0, 1]])), // one page
    ...section(7, vector(exports)),
    ...section(10, vector([body(version), body(64)])),
    ...section(11, vector([[0, 0x41, ...leb(64), 0x0b, data.length, ...data]])),
  ];
  return compileCore(Uint8Array.from(bytes));
}

function make(version: number, words = [MAGIC, version]): Engine {
  return new Engine({ [CORE]: coreOf(version, words) } as object);
}

describe("a core of another version is refused, and the error names both", () => {
  test.each([
    ["an older major", 0, 7],
    ["a newer major", ABI_VERSION_MAJOR + 1, ABI_VERSION_MINOR],
  ])("%s", (_what, major, minor) => {
    expect(() => make(major * 65536 + minor)).toThrow(
      `the core has ABI version ${major}.${minor}, these bindings need ` +
        `${ABI_VERSION_MAJOR}.${ABI_VERSION_MINOR} or a later ${ABI_VERSION_MAJOR}.x`,
    );
  });

  test("of ours the version is not what is wrong", () => {
    expect(() => make(OURS)).not.toThrow(/ABI version|control block/); // but that it cannot init
    expect(() => make(OURS)).toThrow();
  });

  test("a later minor is not what is wrong", () => {
    expect(() => make(OURS + 1)).not.toThrow(/ABI version|control block/);
  });

  test("what has our version and no control block is no core", () => {
    expect(() => make(OURS, [0])).toThrow("the core has no control block");
  });
});

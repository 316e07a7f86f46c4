/** Which of the two built-in cores is loaded. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";

const { Module } = WebAssembly;

afterEach(() => {
  WebAssembly.Module = Module;
  vi.resetModules();
});

/** The modules that are compiled for the first engine with `options`, where `refused` of them fail. */
async function compiled(refused: number, options = {}): Promise<Uint8Array<ArrayBuffer>[]> {
  const modules: Uint8Array<ArrayBuffer>[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      modules.push(bytes.slice());
      if (modules.length <= refused) throw new WebAssembly.CompileError("no SIMD");
      super(bytes);
    }
  } as typeof Module;
  vi.resetModules();
  const { Engine } = await import("../../bindings/index.ts");
  expect(new Engine(options).failed).toBe(false);
  return modules;
}

/** What a core says of its memory, and the rest of it. */
function split(core: Uint8Array): { bytes: number; rest: string } {
  const { memory } = new WebAssembly.Instance(new Module(Buffer.from(core))).exports;
  const text = Buffer.from(core).toString("hex");
  const rest = text.replace(/050[67]0101([89a-f].)*[0-7].80800400?/, ""); // the memory section
  return { bytes: (memory as WebAssembly.Memory).buffer.byteLength, rest };
}

test.each([
  ["of the usual size begins with all of its memory", {}, 32_505_856],
  ["that may be smaller begins with one page", { memoryBytes: 16 << 20 }, 65_536],
])(
  "an engine %s; the core with SIMD, or the other where that cannot be compiled",
  async (_, options, bytes) => {
    const [simd, baseline] = ["core.simd", "core"].map((name) => {
      return { ...split(readFileSync(`build/${name}.wasm`)), bytes };
    });
    expect((await compiled(0, options)).map(split)).toEqual([simd]);
    expect((await compiled(1, options)).map(split)).toEqual([simd, baseline]);
    await expect(compiled(2, options)).rejects.toThrow("no SIMD");
  },
);

test("engines of both kinds, one after the other", async () => {
  const { Engine } = await import("../../bindings/index.ts");
  const sizes = [undefined, 16 << 20, undefined, 64 << 20];
  const engines = sizes.map((memoryBytes) => new Engine({ memoryBytes }));
  const expected = sizes.map((size) => size ?? 32_505_856);
  expect(engines.map(({ stats }) => stats.memoryBytes)).toEqual(expected);
});

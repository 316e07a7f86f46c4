/** Which of the two built-in cores is loaded. */
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";

const { Module } = WebAssembly;

afterEach(() => {
  WebAssembly.Module = Module;
  vi.resetModules();
});

/** The modules that are compiled for the first engine, where `refused` of them fail. */
async function compiled(refused: number): Promise<Uint8Array<ArrayBuffer>[]> {
  const modules: Uint8Array<ArrayBuffer>[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      modules.push(bytes);
      if (modules.length <= refused) throw new WebAssembly.CompileError("no SIMD");
      super(bytes);
    }
  } as typeof Module;
  vi.resetModules();
  const { Engine } = await import("../../bindings/index.ts");
  expect(new Engine().failed).toBe(false);
  return modules;
}

test("the core with SIMD, or the other where that cannot be compiled", async () => {
  const [simd, baseline] = ["core.simd", "core"].map((name) => readFileSync(`build/${name}.wasm`));
  expect((await compiled(0)).map(Buffer.from)).toEqual([simd]);
  expect((await compiled(1)).map(Buffer.from)).toEqual([simd, baseline]);
  await expect(compiled(2)).rejects.toThrow("no SIMD");
});

/** Which of the two built-in cores is loaded. */
import { afterEach, expect, test, vi } from "vitest";

const { Module } = WebAssembly;

afterEach(() => {
  WebAssembly.Module = Module;
  vi.resetModules();
});

/** The sizes of the modules that are compiled for the first engine, where `refused` of them fail. */
async function compiled(refused: number): Promise<number[]> {
  const sizes: number[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      sizes.push(bytes.length);
      if (sizes.length <= refused) throw new WebAssembly.CompileError("no SIMD");
      super(bytes);
    }
  } as typeof Module;
  vi.resetModules();
  const { Engine } = await import("../../bindings/index.ts");
  expect(new Engine().failed).toBe(false);
  return sizes;
}

test("the core with SIMD, or the other where that cannot be compiled", async () => {
  const { SIMD_CORE_BASE64, CORE_BASE64 } = await import("../../build/core-bytes.ts");
  const [simd, baseline] = [SIMD_CORE_BASE64, CORE_BASE64].map((text) => atob(text).length);
  expect(await compiled(0)).toEqual([simd]);
  expect(await compiled(1)).toEqual([simd, baseline]);
  await expect(compiled(2)).rejects.toThrow("no SIMD");
});

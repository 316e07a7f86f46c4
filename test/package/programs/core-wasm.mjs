/** The raw cores: found, compiled, in need of nothing, and of the version they say. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

for (const file of ["core.wasm", "core.simd.wasm"]) {
  const core = new WebAssembly.Module(
    readFileSync(new URL(import.meta.resolve(`sansock/${file}`))),
  );
  assert.deepEqual(WebAssembly.Module.imports(core), []);

  const [section] = WebAssembly.Module.customSections(core, "sansock");
  const [major, minor] = JSON.parse(new TextDecoder().decode(section)).abi;
  const { exports } = new WebAssembly.Instance(core);
  assert.equal(exports.abi_version(), major * 65536 + minor);
}

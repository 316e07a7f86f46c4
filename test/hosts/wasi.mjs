/** The WASI command, build/conformance.wasm, in Node and in wasmtime: no host but what WASI is. For main.mjs. */
import { fileURLToPath } from "node:url";
import { buildConformance } from "../../scripts/build-conformance.mjs";
import python from "./python.mjs";

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const COMMAND = pathOf("../../build/conformance.wasm");
/** One script a run, so without splits. */
const LIMITS = { commands: ["vectors"], splits: false };

export const wasiInNode = {
  name: "WASI in Node",
  ...LIMITS,
  version: () => `Node ${process.versions.node}`,
  install: buildConformance,
  command: () => [process.execPath, "--no-warnings", pathOf("play-wasi.mjs"), COMMAND],
};

/** With the packages of host/python. */
export const wasiInWasmtime = {
  name: "WASI in wasmtime",
  ...LIMITS,
  version: python.version,
  async install() {
    await buildConformance();
    await python.install();
  },
  command: () => [python.command([])[0], pathOf("play-wasi.py"), COMMAND],
};

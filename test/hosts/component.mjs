/** The component, transpiled by jco in Node, and natively in wasmtime. For main.mjs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildComponent } from "../../scripts/build-component.mjs";
import python from "./python.mjs";

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const COMPONENT = pathOf("../../build/component.wasm");
const JCO = pathOf("../../node_modules/@bytecodealliance/jco/package.json");
/** A call takes microseconds, in Python milliseconds, so without splits. */
const LIMITS = { commands: ["vectors"], splits: false };

export const componentInNode = {
  name: "component in Node",
  ...LIMITS,
  version: () => `Node ${process.versions.node}, jco ${JSON.parse(readFileSync(JCO)).version}`,
  install: buildComponent,
  command: () => [process.execPath, pathOf("play-component.mjs")],
};

/** With the packages of host/python. */
export const componentInWasmtime = {
  name: "component in wasmtime",
  ...LIMITS,
  version: python.version,
  async install() {
    await buildComponent();
    await python.install();
  },
  command: () => [python.command([])[0], pathOf("play-component.py"), COMPONENT],
};

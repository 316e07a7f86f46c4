/** Conformance scripts on the component as jco makes it JavaScript: a stream in, answers out. */
import { readFileSync } from "node:fs";
import { instantiate } from "../../build/component/sansock.js";
import { ComponentEngine } from "./component-engine.mjs";
import { play } from "./plain-player.mjs";

const modules = new Map();

function compiled(path) {
  if (!modules.has(path)) {
    const bytes = readFileSync(new URL(`../../build/component/${path}`, import.meta.url));
    modules.set(path, new WebAssembly.Module(bytes));
  }
  return modules.get(path);
}

const make = (sizes) => new ComponentEngine(instantiate(compiled, {}).engine, sizes);
for await (const line of play(readFileSync(0, "utf8"), make)) console.log(line);

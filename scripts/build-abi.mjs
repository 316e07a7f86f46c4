/** Numbers of assembly/abi.ts that go into what is built. */
import { read } from "./stamp.mjs";

/** @param name of a constant that is a plain number there */
export function abiNumber(name) {
  const pattern = new RegExp(`^export const ${name}\\b[^=]*= *(\\d+);`, "m");
  const found = read("assembly/abi.ts").match(pattern);
  if (!found) throw new Error(`assembly/abi.ts has no "export const ${name}: i32 = …;"`);
  return Number(found[1]);
}

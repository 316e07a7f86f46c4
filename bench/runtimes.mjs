/**
 * Bun, Deno and another line of Node, for the sides that run in them. Their binaries come as an npm
 * package for each platform, 100 MB each; npm leaves out an optional package that it cannot get, so
 * what counts is what is there afterwards.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { installed } from "./packages.mjs";

const FOUND = new Map();

/** Each: { path, args } of what runs a file there, or { missing }: why there is none. */
export const bun = () => once("Bun", () => below("@oven", ["bin/bun", "bin/bun.exe"]));
export const deno = () => {
  const found = once("Deno", () => below("@deno", ["deno", "deno.exe"]));
  return { ...found, args: ["run", "--quiet", "--no-lock", "--allow-all"] };
};
export const node24 = () => once("Node 24", () => ["node24/bin/node"]);

function once(name, candidates) {
  if (!FOUND.has(name)) FOUND.set(name, find(name, candidates));
  return FOUND.get(name);
}

function find(name, candidates) {
  const { folder, missing } = installed("runtimes");
  if (missing) return { missing: `${name}: ${missing}` };
  const modules = `${folder}node_modules/`;
  const path = candidates()
    .map((file) => modules + file)
    .find(existsSync);
  if (path === undefined) {
    return { missing: `no ${name} could be had for ${process.platform}-${process.arch}` };
  }
  const { status, error, signal } = spawnSync(path, ["--version"]);
  if (status === 0) return { path };
  const why = error?.message ?? signal ?? `exit code ${status}`;
  return { missing: `${name} does not start: ${why}` };
}

/** Where the binary may lie in the packages of a scope. */
function below(scope, files) {
  const folder = `${installed("runtimes").folder}node_modules/${scope}`;
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  return packages.flatMap((name) => files.map((file) => `${scope}/${name}/${file}`));
}

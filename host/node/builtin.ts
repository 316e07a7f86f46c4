/**
 * Modules of Node, as require() gives them, and loaded when they are needed.
 *
 * An import would make everything they export, what they keep for later too: a millisecond of the
 * start, and with `node:process` four more, for its three streams. The global `process` may be somebody
 * else's, or gone: it is asked for what it can do, and where it cannot, require() does it. Also in Deno
 * and Bun.
 */
import { createRequire } from "node:module";

interface Modules {
  "node:async_hooks": typeof import("node:async_hooks");
  "node:buffer": typeof import("node:buffer");
  "node:cluster": typeof import("node:cluster").default;
  "node:crypto": typeof import("node:crypto");
  "node:net": typeof import("node:net");
  "node:process": typeof import("node:process");
  "node:timers": typeof import("node:timers");
  "node:tls": typeof import("node:tls");
  "node:url": typeof import("node:url");
}

/** Taken when this is loaded: later the global may be somebody else's. */
const { process } = globalThis as {
  process?: { getBuiltinModule?: unknown; versions?: Record<string, string> };
};
const { getBuiltinModule } = process ?? {};

/** Whether this runs there, as a `process` says that has Node's modules; to ask node:process takes longer. */
export function runsIn(host: "deno" | "bun"): boolean {
  return typeof getBuiltinModule === "function" && process?.versions?.[host] !== undefined;
}

let require: ((name: string) => unknown) | undefined;

/** The module with this name; in a page, where other hosts than this one are used, an empty one. */
export function builtin<Name extends keyof Modules>(name: Name): Modules[Name] {
  require ??=
    typeof getBuiltinModule === "function" ? getBuiltinModule.bind(process) : createRequire("/");
  return require?.(name) as Modules[Name];
}

/** A task of its own, soon; Node's, whatever a test's clock has put in its place. A page has none. */
export const defer: (task: () => void) => unknown = builtin("node:timers").setImmediate;

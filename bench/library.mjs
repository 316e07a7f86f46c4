/**
 * Which build of sansock a process measures: this checkout's, or another one's, when its parent says so
 * (against.mjs).
 */
const OTHER = "SANSOCK_BENCH_DIST";

/** The folder with index.js and core.wasm. */
export const DIST = new URL(process.env[OTHER] ?? "../dist/", import.meta.url);

/** The environment of a process that is to measure the build in `folder`, a URL. */
export function environmentFor(folder) {
  return folder === undefined ? process.env : { ...process.env, [OTHER]: folder.href };
}

export function loadSansock() {
  return import(new URL("index.js", DIST));
}

/**
 * What memory this process holds once its garbage is collected. Needs the flags below; the part of it
 * that is an engine's is known on Linux alone.
 */
import { readFileSync } from "node:fs";

const ENGINE_KILOBYTES = 31 * 1024;

/**
 * Flags for Node. V8 spans up to 48 MiB for young objects and leaves gaps among the old ones, as much as
 * the busiest time took; after some 20 seconds without work it gives them back. So that the wait is not
 * needed: little for young objects, and no gaps.
 */
export const MEMORY_FLAGS = [
  "--expose-gc",
  "--max-semi-space-size=1",
  "--compact-on-every-full-gc",
];

/**
 * What glibc's malloc comes to by itself when a program has once freed a large block. Before that it
 * gives memory back as soon as it is free and faults it in again, or does not, by the chance of what lies
 * behind: the same program takes up to twice the time. Where memory is not the question, no side is to.
 */
export const STEADY_MALLOC = {
  MALLOC_MMAP_THRESHOLD_: `${32 * 1024 * 1024}`,
  MALLOC_TRIM_THRESHOLD_: `${64 * 1024 * 1024}`,
};

/** { rss, heap, engine } in bytes. */
export async function memoryNow() {
  for (let round = 0; round < 4; round++) await collect();
  return read();
}

/**
 * The same as the last thing a process does. Node 24 keeps the pages that compaction has emptied, as many
 * again as the heap has, until memory is short; a collection of the last resort gives them back, and forgets
 * what V8 has learned of the code as well.
 */
export async function memoryAtRest() {
  for (let round = 0; round < 4; round++) await collect();
  await collect({ type: "major", execution: "sync", flavor: "last-resort" });
  return read();
}

function read() {
  const { rss, heapUsed: heap } = process.memoryUsage();
  return { rss, heap, engine: engineBytes() };
}

/** The pause is for what V8 frees on other threads. */
async function collect(how) {
  global.gc(how);
  await new Promise((soon) => setTimeout(soon, 50));
}

/** What was touched of mappings that have the size of an engine's memory. */
function engineBytes() {
  if (process.platform !== "linux") return 0;
  const smaps = readFileSync("/proc/self/smaps", "latin1");
  const mappings = smaps.matchAll(/^Size: +(\d+) kB\n(?:.*\n)*?Rss: +(\d+) kB/gm);
  let kilobytes = 0;
  for (const [, size, touched] of mappings) {
    if (Number(size) === ENGINE_KILOBYTES) kilobytes += Number(touched);
  }
  return kilobytes * 1024;
}

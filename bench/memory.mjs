/**
 * What memory this process holds once its garbage is collected. Needs --expose-gc; the part of it that
 * is an engine's is known on Linux alone.
 */
import { readFileSync } from "node:fs";

const ENGINE_KILOBYTES = 31 * 1024;

/** { rss, heap, engine } in bytes. */
export async function memoryNow() {
  for (let round = 0; round < 4; round++) {
    global.gc();
    await new Promise((soon) => setTimeout(soon, 50));
  }
  const { rss, heapUsed: heap } = process.memoryUsage();
  return { rss, heap, engine: engineBytes() };
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

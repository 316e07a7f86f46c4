/**
 * Whether readings of memory are growth. The first fifth is warming up; then the median of the last fifth
 * may be above that of the second by a little: V8's heap is known to the byte, so what it may have gained
 * is little; of RSS, allocators and V8's spaces keep what they once needed.
 */
import { median } from "./results.mjs";

const PART = 5;
const MIB = 1024 * 1024;
/** In bytes, after collecting garbage. */
const SLACK = { heap: 2 * MIB, rss: 16 * MIB };

/**
 * @param readings [{ rss, heap }], in order
 * @returns {{ first, last, holds }} the first two: { rss, heap }
 */
export function judged(readings) {
  const part = Math.max(1, Math.floor(readings.length / PART));
  const heldIn = (some) =>
    Object.fromEntries(Object.keys(SLACK).map((kind) => [kind, median(some.map((r) => r[kind]))]));
  const first = heldIn(readings.slice(part, 2 * part));
  const last = heldIn(readings.slice(-part));
  const holds = Object.entries(SLACK).every(([kind, slack]) => last[kind] <= first[kind] + slack);
  return { first, last, holds };
}

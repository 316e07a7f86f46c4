/**
 * Floors as data: what a side is to reach, in the first measure of its question unless it says so, as
 * the median over rounds. Told, not enforced; whether one holds is judged in results.mjs.
 *
 *   of   "value ×"  the side's figure divided by the other's of the same round
 *        "CPU ×"    its CPU time per unit divided by the other's
 *        "more"     its figure less the other's
 *        "value"    its figure itself
 *        "fall ×"   "value ×" divided by that of `from` over `fromVersus`: how much less the side loses
 */

/** At least so many times the other's figure. */
export function least(side, versus, bound, extra) {
  return { side, versus, of: "value ×", least: bound, ...extra };
}

/** At most so many times the other's figure. */
export function most(side, versus, bound, extra) {
  return { side, versus, of: "value ×", most: bound, ...extra };
}

/** At most so many times the other's CPU time. */
export function cpuMost(side, versus, bound, extra) {
  return { side, versus, of: "CPU ×", most: bound, ...extra };
}

/** At most so much more than the other's figure. */
export function moreMost(side, versus, bound, extra) {
  return { side, versus, of: "more", most: bound, ...extra };
}

/** A figure of at most so much. */
export function valueMost(side, bound, extra) {
  return { side, of: "value", most: bound, ...extra };
}

/** From `from` to `side` it keeps at least so much of what the other keeps from `fromVersus` to `versus`. */
export function fallLeast(side, versus, from, fromVersus, bound, extra) {
  return { side, versus, from, fromVersus, of: "fall ×", least: bound, ...extra };
}

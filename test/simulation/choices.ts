/**
 * All chance of a schedule: numbers from a seed, or from a list, which is how a failure is shrunk.
 *
 * What was drawn is kept, so the same list brings the same schedule. Whoever draws must see to it
 * that 0 is the plainest choice: beyond the end of a list there are only zeros.
 */
export class Choices {
  /** What was drawn so far. */
  readonly drawn: number[] = [];
  readonly #given: readonly number[] | null;
  #state: number;

  constructor(from: number | readonly number[]) {
    this.#given = typeof from === "number" ? null : from;
    this.#state = typeof from === "number" ? Math.imul(from ^ 0x9e3779b9, 0x85ebca6b) >>> 0 : 0;
  }

  /** An integer of at least 0, below `limit`. */
  below(limit: number): number {
    const value = this.#given === null ? Math.floor(this.#next() * limit) : this.#listed(limit);
    this.drawn.push(value);
    return value;
  }

  /** True in so many of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  /** One of them; the first is the plainest. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  #listed(limit: number): number {
    return Math.min(this.#given?.[this.drawn.length] ?? 0, limit - 1);
  }

  /** mulberry32 */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/**
 * The one source of chance in a loopback network: mulberry32, 32 bits of state.
 *
 * Must never be fed by anything but its seed. Invariant: the same seed and the same questions in
 * the same order give the same answers, in every JavaScript engine. Not for secrets.
 */
export class Random {
  #state: number;

  /** @param seed any number; its low 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer of at least 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** At least `least`, at most `most`. Asks for chance only if they differ. */
  between(least: number, most: number): number {
    return most > least ? least + this.next() * (most - least) : least;
  }

  /** True with a probability of 0 to 1. Asks for chance only in between. */
  chance(probability: number): boolean {
    return probability >= 1 || (probability > 0 && this.next() < probability);
  }
}

/** Random numbers that come again with their seed. */

/** Numbers from a seed: below `n`, and one of a list. */
export class Random {
  #state: number;
  /** A run of messages as large as may be, read by read. */
  readonly heavy: boolean;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    this.heavy = seed % 3 === 0;
  }

  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** Any i32, mostly near what matters. */
export function hostile(random: Random): number {
  const near = [-1, 0, 1, 2, 255, 256, 257, 1023, 1024, 1025, 16384, 65535, 65536, 65537, 1 << 20];
  if (random.chance(80)) return random.of(near) + random.below(3) - 1;
  return random.of([0x7fffffff, -0x80000000, 0x7ffffff0, random.below(2 ** 32) | 0]);
}

/** Any f64 likewise: what is no count at all, and counts at the ends of what they may be. */
export function anyDouble(random: Random): number {
  if (random.chance(50)) return hostile(random);
  const ends = [2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e300, -1e300];
  return random.of([NaN, Infinity, -Infinity, -0, 0.5, -0.5, 5e-324, ...ends]);
}

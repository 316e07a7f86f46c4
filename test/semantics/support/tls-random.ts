/** Numbers that look random, the same ones for the same seed. */

/** Whole numbers from 0 to one less than what is asked for. */
export type Random = (below: number) => number;

export function numbers(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
}

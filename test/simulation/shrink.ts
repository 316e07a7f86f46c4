/**
 * Makes a failing schedule small: leaves out, zeroes and lessens what was drawn, as long as the same
 * rule is broken. The list is all there is of a schedule, so every change of it is a schedule, too.
 */
import { Choices } from "./choices.ts";
import { type Failure, play, Stage } from "./simulate.ts";

/** Two failures are the same if they say the same but for figures and names. */
export function ruleOf(error: Error): string {
  return error.message.replace(/\b[a-z]\d*: /g, "").replace(/\d+/g, "#");
}

export class Shrinker {
  #best: readonly number[];
  readonly #rule: string;
  readonly #seed: number;
  #playsLeft: number;

  constructor(failure: Failure, plays = 3000) {
    this.#best = failure.drawn;
    this.#seed = failure.seed;
    this.#rule = ruleOf(failure.error);
    this.#playsLeft = plays;
  }

  /** The smallest list found. */
  async shrink(): Promise<readonly number[]> {
    for (let before = Number.POSITIVE_INFINITY; this.#size < before && this.#playsLeft > 0; ) {
      before = this.#size;
      for (let length = this.#best.length; length >= 1; length = Math.floor(length / 2)) {
        await this.#each(length, (list, at) => list.toSpliced(at, length));
        await this.#each(length, (list, at) =>
          list.map((n, i) => (i >= at && i < at + length ? 0 : n)),
        );
      }
      await this.#each(1, (list, at) => list.with(at, Math.floor((list[at] as number) / 2)));
      await this.#each(1, (list, at) => list.with(at, Math.max(0, (list[at] as number) - 1)));
    }
    return this.#best;
  }

  /** Shorter is smaller, then less. */
  get #size(): number {
    return this.#best.length * 1e9 + this.#best.reduce((sum, n) => sum + Math.min(n, 1e5), 0);
  }

  /** Tries a change at each place, from the end, where the consequences are few. */
  async #each(
    step: number,
    change: (list: readonly number[], at: number) => readonly number[],
  ): Promise<void> {
    for (let at = this.#best.length - step; at >= 0 && this.#playsLeft > 0; at -= step) {
      if (at + step > this.#best.length) continue;
      await this.#try(change(this.#best, at));
    }
  }

  async #try(list: readonly number[]): Promise<void> {
    if (list.every((n, i) => n === this.#best[i]) && list.length === this.#best.length) return;
    this.#playsLeft--;
    const choices = new Choices(list);
    const error = await play(choices, Stage.of(this.#seed));
    if (error === null || ruleOf(error) !== this.#rule) return;
    const drawn = choices.drawn.slice(0, list.length); // zeros beyond are drawn anyway
    const last = drawn.findLastIndex((n) => n !== 0);
    this.#best = drawn.slice(0, last + 1);
  }
}

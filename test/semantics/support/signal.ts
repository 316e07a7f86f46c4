/**
 * Waiting for a condition over what has been recorded so far, so that it does not matter whether
 * the wait or the event comes first: nothing is lost.
 */

/** A failsafe, not a pace: reached only by a test that fails, to say what it was waiting for. */
const DEADLINE_MILLISECONDS = 6_000;

export class Signal {
  readonly #waiting = new Set<() => void>();

  /** Something was recorded. */
  changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves as soon as the condition holds; `told` says what has come instead. */
  until(what: string, told: () => string, condition: () => boolean): Promise<void> {
    // Made here, so that its stack shows the test that waits.
    const late = new Error();
    return new Promise((resolve, reject) => {
      const give = (): void => {
        this.#waiting.delete(look);
        late.message = `waited for ${what}; came: ${told()}`;
        reject(late);
      };
      const deadline = setTimeout(give, DEADLINE_MILLISECONDS);
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(deadline);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Lets everything go on that is due without new input: microtasks, ticks, immediates. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resume) => setImmediate(resume));
}

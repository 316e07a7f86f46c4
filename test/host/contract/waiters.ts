/**
 * Promises that wait for a condition, asked again after each report. Nothing here knows time: what
 * never comes true ends in the test's own timeout, or at once when it can no longer come true.
 */
interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Waiters {
  #waiting: Waiter[] = [];
  /** Why nothing can come true any more. */
  #over: string | undefined;

  until(met: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ met, resolve, reject });
      this.look();
    });
  }

  /** Asks all conditions again. */
  look(): void {
    this.#waiting = this.#waiting.filter(({ met, resolve, reject }) => {
      if (met()) resolve();
      else if (this.#over !== undefined) reject(new Error(`waited in vain: ${this.#over}`));
      else return true;
      return false;
    });
  }

  /** From now on a condition that is not met never will be. */
  end(why: string): void {
    this.#over = why;
    this.look();
  }
}

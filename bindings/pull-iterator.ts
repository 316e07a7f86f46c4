/**
 * An async iterator over what arrives one by one and may be asked for one by one: the data of a
 * socket, the connections of a server.
 *
 * It tells its source when somebody waits and when nobody does, so that the source can hold back;
 * what arrives in spite of that is queued. `return` (a `break`) tells the source to end.
 */
export interface PullSource<T> {
  /** Whether anybody waits for an item now. */
  wanted?(waiting: boolean): void;
  /** An item leaves the queue and goes to the loop. */
  taken?(item: T): void;
  /** The loop was left early; these were still queued. */
  left(queued: readonly T[]): void;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T>): void;
  reject(reason: unknown): void;
}

/** The iterator of one `for await`. */
export class PullIterator<T> implements AsyncIterableIterator<T> {
  readonly #source: PullSource<T>;
  readonly #items: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #over = false;
  #reason: unknown;

  constructor(source: PullSource<T>) {
    this.#source = source;
  }

  push(item: T): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#items.push(item);
    else this.#hand(waiter, item);
    if (this.#waiters.length === 0) this.#source.wanted?.(false);
  }

  /** Nothing more comes; with a reason, the next `next` throws it, once. */
  end(reason?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#reason = reason;
    for (const waiter of this.#waiters.splice(0)) this.#settle(waiter);
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#hand({ resolve, reject }, item);
      } else if (this.#over) {
        this.#settle({ resolve, reject });
      } else {
        this.#waiters.push({ resolve, reject });
        this.#source.wanted?.(true);
      }
    });
  }

  return(): Promise<IteratorResult<T>> {
    const queued = this.#items.splice(0);
    const early = !this.#over || queued.length > 0; // a server may have closed in front of what waits
    this.end();
    this.#reason = undefined;
    if (early) this.#source.left(queued);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #hand(waiter: Waiter<T>, item: T): void {
    this.#source.taken?.(item);
    waiter.resolve({ done: false, value: item });
  }

  #settle(waiter: Waiter<T>): void {
    const reason = this.#reason;
    this.#reason = undefined;
    if (reason === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(reason);
  }
}

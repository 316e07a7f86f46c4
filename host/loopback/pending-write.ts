/**
 * The one write a connection has under way: views of the caller's memory and how far it got.
 *
 * Reads that memory as late as it can, when the simulated kernel takes the bytes, so a caller who
 * reuses it before `sent` is found out. Must never read bytes it has given, nor anything after
 * `clear`. Invariant: 0 ≤ `left` ≤ bytes written.
 */
export class PendingWrite {
  #views: readonly Uint8Array[] = [];
  #view = 0;
  /** Bytes given of the present view. */
  #given = 0;
  #left = 0;

  /** Bytes not yet given. */
  get left(): number {
    return this.#left;
  }

  /** @throws Error if the caller broke the host interface's rules */
  start(views: readonly Uint8Array[], bytes: number): void {
    const sum = views.reduce((total, view) => total + view.length, 0);
    if (this.#left !== 0) throw new Error(`write: ${this.#left} bytes of the last are not sent`);
    if (bytes < 1) throw new Error(`write: ${bytes} bytes; at least 1 is allowed`);
    if (sum !== bytes) throw new Error(`write: ${bytes} bytes announced, ${sum} in the views`);
    this.#views = views;
    this.#view = 0;
    this.#given = 0;
    this.#left = bytes;
  }

  /** A copy of the next bytes; `count` is at most `left`. */
  take(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const view = this.#views[this.#view] as Uint8Array;
      const part = view.subarray(this.#given, this.#given + count - at);
      bytes.set(part, at);
      at += part.length;
      this.#given += part.length;
      if (this.#given < view.length) continue;
      this.#view++;
      this.#given = 0;
    }
    this.#left -= count;
    if (this.#left === 0) this.#views = [];
    return bytes;
  }

  clear(): void {
    this.#views = [];
    this.#left = 0;
  }
}

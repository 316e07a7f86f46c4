/**
 * The promises of a socket: `opened`, `closed`, `drained`.
 *
 * Each is made when first asked for, remembers what happened before, and never becomes an unhandled
 * rejection: who takes a promise may look away. What they settle with is told by the socket.
 */

/** A promise and its two ends. */
class Deferred {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}

export class SocketPromises {
  #opened: Deferred | undefined;
  #closed: Deferred | undefined;
  #drained: Deferred | undefined;
  #wasOpened = false;
  #full = false;
  #over = false;
  /** Why it ended, if not cleanly. */
  #reason: unknown;

  /** Resolves at `open`; rejects if that never comes. */
  get opened(): Promise<void> {
    if (this.#opened === undefined) {
      this.#opened = new Deferred();
      if (this.#wasOpened) this.#opened.resolve();
      else if (this.#over) this.#opened.reject(this.#endReason);
    }
    return this.#opened.promise;
  }

  /** Resolves at a clean `close`; rejects at any other. */
  get closed(): Promise<void> {
    if (this.#closed === undefined) {
      this.#closed = new Deferred();
      if (this.#over) this.#settleClosed(this.#closed);
    }
    return this.#closed.promise;
  }

  /** Resolves at once unless a send() has returned false since the last `drain`; else at the next. */
  get drained(): Promise<void> {
    if (this.#drained === undefined) {
      this.#drained = new Deferred();
      if (this.#over && this.#full) this.#drained.reject(this.#endReason);
      else if (!this.#full) this.#drained.resolve();
    }
    return this.#drained.promise;
  }

  noteOpen(): void {
    this.#wasOpened = true;
    this.#opened?.resolve();
  }

  /** A send() returned false: `drained` is a new promise from now on. */
  noteFull(): void {
    if (!this.#full) this.#drained = undefined;
    this.#full = true;
  }

  noteDrain(): void {
    this.#full = false;
    this.#drained?.resolve();
  }

  /** The socket failed, or was aborted, for this reason; `close` follows. */
  noteFailure(reason: unknown): void {
    this.#reason ??= reason;
  }

  noteClose(): void {
    this.#over = true;
    if (!this.#wasOpened) this.#opened?.reject(this.#endReason);
    if (this.#full) this.#drained?.reject(this.#endReason);
    if (this.#closed !== undefined) this.#settleClosed(this.#closed);
  }

  get #endReason(): unknown {
    return this.#reason ?? new DOMException("the socket was closed", "AbortError");
  }

  #settleClosed(closed: Deferred): void {
    if (this.#reason === undefined) closed.resolve();
    else closed.reject(this.#reason);
  }
}

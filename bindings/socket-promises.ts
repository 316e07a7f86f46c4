/**
 * The promises of a socket or server: `opened` (`listening`), `closed`, `drained`, and that of an upgrade.
 *
 * Each is made when first asked for, settles with what has happened or will, and never becomes an
 * unhandled rejection: who takes a promise may look away. The owner notes what happens, and may make
 * all this late: when there is more to note than whether it has opened.
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

/** The promises of one socket or server. */
export class SocketPromises {
  #opened: Deferred | undefined;
  #closed: Deferred | undefined;
  #drained: Deferred | undefined;
  #secured: Deferred | undefined;
  #wasOpened: boolean;
  /** A send() has returned false since the last drain. */
  #full = false;
  /** It has closed. */
  over = false;
  /** Why it ended or will, if not cleanly: null may be a reason, too. */
  reason: unknown;

  constructor(wasOpened = false) {
    this.#wasOpened = wasOpened;
  }

  /** Resolves at `open`; rejects if that never comes. */
  get opened(): Promise<void> {
    this.#opened ??= new Deferred();
    this.#settle();
    return this.#opened.promise;
  }

  /** Resolves at a clean `close`; rejects at any other. */
  get closed(): Promise<void> {
    this.#closed ??= new Deferred();
    this.#settle();
    return this.#closed.promise;
  }

  /** Resolves when the handshake is verified; at once where none is under way. */
  get secured(): Promise<void> {
    return this.#secured?.promise ?? Promise.resolve();
  }

  /** Resolves at once unless a send() has returned false since the last `drain`; else at the next. */
  get drained(): Promise<void> {
    this.#drained ??= new Deferred();
    this.#settle();
    return this.#drained.promise;
  }

  noteOpen(): void {
    this.#wasOpened = true;
    this.#settle();
  }

  /** A send() returned false: `drained` is a new promise from now on. */
  noteFull(): void {
    if (!this.#full) this.#drained = undefined;
    this.#full = true;
  }

  noteUpgrade(): void {
    this.#secured = new Deferred();
  }

  noteSecure(): void {
    this.#secured?.resolve();
  }

  /** It has failed; the first reason counts. Who waits for a handshake learns it before `error`. */
  noteError(reason: unknown): void {
    this.noteReason(reason);
    this.#secured?.reject(this.reason);
  }

  /** It will end, and not cleanly; the first reason counts. */
  noteReason(reason: unknown): void {
    if (this.reason === undefined) this.reason = reason;
  }

  noteDrain(): void {
    this.#full = false;
    this.#settle();
  }

  /** Returns why it closed, if not cleanly. */
  noteClose(): unknown {
    this.over = true;
    this.#settle();
    return this.reason;
  }

  /** Settles what can be settled; doing so twice changes nothing. */
  #settle(): void {
    if (this.#wasOpened) this.#opened?.resolve();
    if (!this.#full) this.#drained?.resolve();
    if (!this.over) return;
    this.#opened?.reject(this.#end());
    this.#drained?.reject(this.#end());
    this.#secured?.reject(this.#end());
    if (this.reason === undefined) this.#closed?.resolve();
    else this.#closed?.reject(this.reason);
  }

  #end(): unknown {
    if (this.reason !== undefined) return this.reason;
    return new DOMException("the socket was closed", "AbortError");
  }
}

/**
 * The model of a socket's deadlines: when a timeout may come, and when it must have come.
 *
 * Not one moment but a span: a host's timers count whole milliseconds, and idleness may be noticed a
 * quarter late. Times are virtual milliseconds.
 */

/** A timer rings at a whole millisecond, and is started a little after what it measures. */
const SLACK_MILLISECONDS = 3;
/** idleTimeout is looked at four times, by timers of whole milliseconds; a fifth time, if late. */
const QUARTERS = 4;

/** Virtual times are sums of tenths. */
const ROUNDING = 1e-6;

export class Deadlines {
  readonly #connectTimeout: number;
  readonly #idleTimeout: number;
  /** When it began to connect, or to upgrade. */
  #begunAt: number;
  #activeAt = 0;
  /** Time spent suspended since the last byte. */
  #suspendedFor = 0;
  #suspendedAt: number | null = null;
  #resumedAt = 0;

  /** 0: no such timeout. */
  constructor(now: number, connectTimeout: number, idleTimeout: number) {
    this.#begunAt = now;
    this.#connectTimeout = connectTimeout;
    this.#idleTimeout = idleTimeout;
  }

  /** A byte went either way, or the socket came up. */
  active(now: number): void {
    this.#activeAt = now;
    this.#suspendedFor = 0;
    if (this.#suspendedAt !== null) this.#suspendedAt = now;
  }

  /** An upgrade has a deadline as connecting has. */
  upgrading(now: number): void {
    this.#begunAt = now;
  }

  suspended(now: number): void {
    this.#suspendedAt ??= now;
  }

  resumed(now: number): void {
    if (this.#suspendedAt === null) return;
    this.#suspendedFor += now - this.#suspendedAt;
    this.#suspendedAt = null;
    this.#resumedAt = now;
  }

  /** Somebody wants data again: from now on idleness must be noticed. */
  wanted(now: number): void {
    this.#resumedAt = now;
  }

  connectMayExpire(now: number): boolean {
    return this.#connectTimeout > 0 && now >= this.#begunAt + this.#connectTimeout;
  }

  connectMustExpire(now: number): boolean {
    const limit = this.#begunAt + this.#connectTimeout + SLACK_MILLISECONDS;
    return this.#connectTimeout > 0 && now > limit;
  }

  idleMayExpire(now: number): boolean {
    if (this.#idleTimeout === 0 || this.#suspendedAt !== null) return false;
    return now - this.#activeAt - this.#suspendedFor >= this.#idleTimeout - ROUNDING;
  }

  idleMustExpire(now: number): boolean {
    if (this.#idleTimeout === 0 || this.#suspendedAt !== null) return false;
    const since = Math.max(this.#activeAt, this.#resumedAt);
    const quarter = Math.ceil(this.#idleTimeout / QUARTERS) + 1;
    return now > since + (QUARTERS + 1) * quarter + SLACK_MILLISECONDS;
  }

  /** All of it, as it is seen at some time. */
  state(now: number): unknown {
    const times = [this.#begunAt, this.#activeAt, this.#resumedAt, this.#suspendedAt ?? now];
    return [times.map((time) => time - now), this.#suspendedFor, this.#suspendedAt === null];
  }
}

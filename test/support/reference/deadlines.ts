/**
 * The timer a socket of the reference should have, and what it means that it ran out.
 *
 * Idleness is counted in quarters of the timeout: one in which nothing moved counts, unless reading was
 * held up for a part of it.
 */
import type { SocketOptions, Timer } from "../vectors/shim.ts";

const QUARTERS = 4;
const LINGER = 500;

/** What the deadlines depend on. */
export interface Timed {
  readonly failed: boolean;
  readonly shakingHands: boolean;
  readonly lingering: boolean;
  readonly state: string;
  readonly isListener: boolean;
}

export class ReferenceDeadlines {
  readonly #options: SocketOptions;
  /** Something was read or taken in this quarter. */
  active = false;
  /** Reading was not possible in some part of this quarter. */
  heldUp = false;
  #quiet = 0;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  timerOf({ failed, shakingHands, lingering, state, isListener }: Timed): Timer | "none" {
    const { connectTimeout = 0, idleTimeout = 0, handshakeTimeout = 0 } = this.#options;
    if (failed) return "none";
    if (shakingHands && handshakeTimeout > 0) return "handshake";
    if (state === "connecting" && connectTimeout > 0) return "connect";
    if (state === "open" && idleTimeout > 0 && !isListener) return "idle";
    return lingering ? "linger" : "none";
  }

  /** How long a timer of this kind runs. */
  millisecondsOf(timer: Timer | "none"): number {
    const { connectTimeout = 0, idleTimeout = 0, handshakeTimeout = 0 } = this.#options;
    const idle = Math.ceil(idleTimeout / QUARTERS); // rather late than early
    const all = {
      none: 0,
      connect: connectTimeout,
      idle,
      linger: LINGER,
      handshake: handshakeTimeout,
    };
    return all[timer];
  }

  /** A quarter is over; whether the socket has been idle for too long. */
  quarter(heldUp: boolean): boolean {
    if (this.active) this.#quiet = 0;
    else if (!heldUp && !this.heldUp) this.#quiet++;
    this.active = false;
    this.heldUp = false;
    return this.#quiet >= QUARTERS;
  }
}

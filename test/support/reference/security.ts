/**
 * TLS of a socket of the reference: in which of four steps it is, and what may be sent in each.
 *
 *   plain -- upgrade --> upgrading -- all sent before it is taken --> securing -- verified --> secure
 *
 * Up to the handshake's end everything received is plaintext that nobody may believe.
 */
import type { ReferenceQueue } from "./queue.ts";

export class ReferenceSecurity {
  #step: "plain" | "upgrading" | "securing" | "secure";
  readonly #queue: ReferenceQueue;
  /** The host has been told to start TLS. */
  ordered = false;
  /** What was delivered last found nobody. */
  dropped = false;

  constructor(queue: ReferenceQueue, secure: boolean) {
    this.#queue = queue;
    this.#step = secure ? "secure" : "plain";
  }

  get isPlain(): boolean {
    return this.#step === "plain";
  }

  /** It has been asked for, and is not verified. */
  get awaited(): boolean {
    return this.#step === "upgrading" || this.#step === "securing";
  }

  get shaking(): boolean {
    return this.#step === "securing";
  }

  begin(): void {
    this.#step = "upgrading";
    this.#queue.before = this.#queue.buffered;
  }

  /** Everything sent before is taken: TLS may be started, if nothing else forbids it. */
  order(): void {
    const { before, inFlight } = this.#queue;
    if (this.#step !== "upgrading" || before !== 0 || inFlight !== 0) return;
    this.#step = "securing";
    this.ordered = true;
  }

  verified(): void {
    this.#step = "secure";
    this.#queue.before = null;
  }
}

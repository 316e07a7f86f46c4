/** What a socket of the reference has still to transmit, and whether its app waits for `drain`. */
import type { Answer, SocketOptions } from "../vectors/shim.ts";

const HIGH_WATER_MARK = 65536;
const FLUSH_BYTES_MAX = 262144;

export class ReferenceQueue {
  /** Bytes at its front that the transport has been given. */
  inFlight = 0;
  /** Of them all, those that may be transmitted now; null: all. */
  before: number | null = null;
  #bytes: Uint8Array = new Uint8Array();
  readonly #highWaterMark: number;
  readonly #lowWaterMark: number;
  readonly #max: number;
  #waiting = false;
  /** It has fallen to the low-water mark since a send() returned false. */
  drainDue = false;

  constructor({ highWaterMark, lowWaterMark, maxBufferedAmount }: SocketOptions) {
    this.#highWaterMark = highWaterMark ?? HIGH_WATER_MARK;
    this.#lowWaterMark = lowWaterMark ?? 0;
    this.#max = maxBufferedAmount ?? Number.POSITIVE_INFINITY;
  }

  get buffered(): number {
    return this.#bytes.length;
  }

  push(wire: Uint8Array): Answer {
    const buffered = this.buffered + wire.length;
    if (buffered > this.#max) return "limit";
    this.#bytes = Buffer.concat([this.#bytes, wire]);
    if (buffered > this.#highWaterMark) this.#waiting = true;
    return buffered <= this.#highWaterMark;
  }

  /** Bytes for the transport, one write at a time. */
  gather(): Uint8Array | null {
    const most = Math.min(this.before ?? this.buffered, FLUSH_BYTES_MAX);
    if (this.inFlight > 0 || most === 0) return null;
    this.inFlight = most;
    return this.#bytes.slice(0, this.inFlight);
  }

  sent(count: number): Answer {
    if (count > this.inFlight) return "arg";
    this.inFlight -= count;
    if (this.before !== null) this.before = Math.max(0, this.before - count);
    this.#bytes = this.#bytes.slice(count);
    this.drainDue ||= this.#waiting && this.buffered <= this.#lowWaterMark;
    return true;
  }

  /** Whether `drain` is to be said now; it is armed again by the next send() that returns false. */
  takeDrain(): boolean {
    if (!this.drainDue) return false;
    this.drainDue = false;
    if (this.buffered > this.#lowWaterMark) return false;
    this.#waiting = false;
    return true;
  }

  /** Nothing more is transmitted; what is in flight is no longer counted. */
  purge(): void {
    this.#bytes = new Uint8Array();
    if (this.before !== null) this.before = 0;
    this.drainDue = false;
  }
}

/**
 * The model of sending: what send() took and the transport has not confirmed.
 *
 *     add ─► [ unwritten ] ─► write ─► [ in flight ] ─► confirm
 *
 * Every byte is kept, so that what the engine writes can be compared. bufferedAmount is the length of
 * both lists and nothing else (M78, M79).
 */
import { same } from "./bytes.ts";
import { must } from "./divergence.ts";

/** The most one write may carry. */
const WRITE_BYTES_MAX = 262_144;

export interface Marks {
  readonly highWaterMark: number;
  readonly lowWaterMark: number;
  readonly maxBufferedAmount: number;
}

interface Segment {
  readonly bytes: Uint8Array;
  /** Sent after upgradeToSecure(). */
  readonly secure: boolean;
}

export class Transmit {
  readonly #marks: Marks;
  #segments: Segment[] = [];
  /** Bytes of the first segment that are written already. */
  #written = 0;
  #unwritten = 0;
  #inFlight = 0;
  /** A send() returned false since the last drain (M71). */
  #waiting = false;
  /** Aborted or failed: nothing more may be written, nothing is counted. */
  #dropped = false;
  confirmed = 0;
  /** How often `drain` was told. */
  drains = 0;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  get amount(): number {
    return this.#unwritten + this.#inFlight;
  }

  /** All that decides what can come. */
  get state(): unknown {
    const queue = this.#segments.map(({ bytes, secure }) => [[...bytes], secure]);
    return [queue, this.#written, this.#inFlight, this.#waiting, this.#dropped];
  }

  /** Whether a write is owed as soon as nothing is in flight. */
  owes(secured: boolean): boolean {
    const first = this.#segments[0];
    return first !== undefined && this.#inFlight === 0 && first.secure === secured;
  }

  /** Whether all that was sent before the upgrade is confirmed (M104). */
  get plainFlushed(): boolean {
    return this.#inFlight === 0 && (this.#segments[0]?.secure ?? true);
  }

  /** M80: a send() was told to wait, and little enough is left. */
  get drainDue(): boolean {
    return this.#waiting && !this.#dropped && this.amount <= this.#marks.lowWaterMark;
  }

  /** send()'s answer (M70), or null if it would be too much. */
  add(bytes: Uint8Array, secure: boolean): boolean | null {
    const amount = this.amount + bytes.length;
    if (amount > this.#marks.maxBufferedAmount) return null;
    if (bytes.length > 0) this.#segments.push({ bytes, secure });
    this.#unwritten += bytes.length;
    const full = amount > this.#marks.highWaterMark;
    if (full) this.#waiting = true;
    return !full;
  }

  /** The engine hands views to the transport. */
  write(views: readonly Uint8Array[], bytes: number, secured: boolean): void {
    must(!this.#dropped, "write: nothing is written after an abort or a failure");
    must(this.#inFlight === 0, "write: one at a time");
    must(bytes > 0 && bytes <= WRITE_BYTES_MAX, `write: ${bytes} bytes`);
    let sum = 0;
    for (const view of views) {
      this.#compare(view, secured);
      sum += view.length;
    }
    must(sum === bytes, `write: ${bytes} bytes announced, ${sum} given`);
    this.#inFlight = bytes;
  }

  /** The transport has taken bytes. */
  confirm(bytes: number): void {
    this.confirmed += bytes;
    if (this.#dropped) return;
    must(bytes <= this.#inFlight, `sent: ${bytes} of ${this.#inFlight} in flight`);
    this.#inFlight -= bytes;
  }

  /** A send() was told to wait, and no drain has come since. */
  get waiting(): boolean {
    return this.#waiting;
  }

  drained(): void {
    this.drains++;
    this.#waiting = false; // before the handler, which may arm it again (M83)
  }

  /** closeImmediately() or failure (M89, M92c). */
  drop(): void {
    this.#dropped = true;
    this.#segments = [];
    this.#unwritten = 0;
    this.#inFlight = 0;
  }

  #compare(view: Uint8Array, secured: boolean): void {
    for (let at = 0; at < view.length; ) {
      const first = this.#segments[0];
      must(first !== undefined, "write: more bytes than were sent");
      must(first.secure === secured, "write: plaintext and TLS are mixed up");
      const count = Math.min(view.length - at, first.bytes.length - this.#written);
      const part = view.subarray(at, at + count);
      must(same(part, first.bytes, this.#written), "write: other bytes than were sent");
      at += count;
      this.#written += count;
      this.#unwritten -= count;
      if (this.#written < first.bytes.length) continue;
      this.#segments.shift();
      this.#written = 0;
    }
  }
}

/**
 * The sending half of a connection with TLS: messages of the handshake, then what is written, then the end.
 *
 *     write ─► PendingWrite ─► record ─► Endpoint          (then `sent`, of the bytes inside)
 *
 * Must never let a written byte go before it is opened, nor read the caller's memory before the record
 * with it is due. Invariants: one record is under way at most; close_notify goes once, behind all bytes.
 */
import type { Sink } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Network } from "./network.ts";
import { PendingWrite } from "./pending-write.ts";
import { CLOSE_NOTIFY } from "./tls-failure.ts";
import { ALERT, DATA, HANDSHAKE, PAYLOAD_BYTES_MAX, RecordWriter } from "./tls-record.ts";

const WARNING = 1;
const FATAL = 2;

export class TlsOutlet {
  readonly #network: Network;
  readonly #endpoint: Endpoint;
  readonly #sink: Sink;
  readonly #ordered: () => void;
  readonly #writer = new RecordWriter();
  readonly #messages: Uint8Array[] = [];
  readonly #pending = new PendingWrite();
  /** Bytes of the record under way, and how many of them the caller has written. */
  #underWay = 0;
  #inside = 0;
  #opened = false;
  #finishing = false;
  #finished = false;
  #closed = false;

  /** `ordered` is called once the endpoint knows of the end. */
  constructor(network: Network, endpoint: Endpoint, sink: Sink, ordered: () => void) {
    this.#ordered = ordered;
    this.#network = network;
    this.#endpoint = endpoint;
    this.#sink = sink;
  }

  /** An end is ordered, can be reached, and the endpoint does not know yet. */
  get finishing(): boolean {
    return this.#finishing && this.#opened && !this.#finished && !this.#closed;
  }

  /** A message of the handshake. */
  say(message: Uint8Array): void {
    this.#messages.push(message);
    this.#next();
  }

  /** The peer is verified: what is written may go. */
  open(): void {
    this.#opened = true;
    this.#next();
  }

  /** @throws Error if the caller broke the host interface's rules */
  write(views: readonly Uint8Array[], bytes: number): void {
    if (this.#closed) return;
    if (this.#finishing) throw new Error("write: after finish");
    if (this.#inside > 0) throw new Error(`write: ${this.#inside} bytes of the last are not sent`);
    this.#pending.start(views, bytes);
    this.#next();
  }

  finish(): void {
    this.#finishing = true;
    this.#next();
  }

  /** The endpoint has taken so much of the record under way. */
  sent(count: number): void {
    this.#underWay -= count;
    if (this.#underWay > 0) return;
    const inside = this.#inside;
    this.#inside = 0;
    if (inside > 0) this.#sink.sent(inside);
    this.#next();
  }

  /** The last word: an alert if it can be had between two records. Nothing follows. */
  fail(alert: number | null): void {
    const between = this.#underWay === 0 && !this.#finished && !this.#closed;
    this.close();
    if (alert === null || !between) return;
    this.#endpoint.writeLast(this.#writer.wrap(ALERT, Uint8Array.of(FATAL, alert)));
  }

  /** From here on the memory of a pending write is not read. */
  close(): void {
    this.#closed = true;
    this.#pending.clear();
    this.#messages.length = 0;
  }

  #next(): void {
    if (this.#closed || this.#finished || this.#underWay > 0) return;
    const message = this.#messages.shift();
    if (message !== undefined) {
      this.#put(HANDSHAKE, message);
    } else if (this.#opened && this.#pending.left > 0) {
      const count = this.#network.piece(this.#pending.left, PAYLOAD_BYTES_MAX);
      this.#inside = count;
      this.#put(DATA, this.#pending.take(count));
    } else if (this.finishing) {
      this.#finished = true;
      this.#put(ALERT, Uint8Array.of(WARNING, CLOSE_NOTIFY));
      this.#endpoint.finish();
      this.#ordered();
    }
  }

  #put(type: number, payload: Uint8Array): void {
    const record = this.#writer.wrap(type, payload);
    this.#underWay = record.length;
    this.#endpoint.write([record], record.length);
  }
}

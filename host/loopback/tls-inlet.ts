/**
 * The receiving half of a connection with TLS: bytes in, records out, and what is inside them delivered.
 *
 * Owns what has come and is not delivered. Must never look into what is to wait, nor throw for anything
 * that somebody else has written. Invariant: bytes are delivered in their order, each once.
 */
import type { Sink } from "../transport.ts";
import type { Network } from "./network.ts";
import { READ_BYTES_MAX, reportBytes } from "./report-bytes.ts";
import { failure, TlsFailure } from "./tls-failure.ts";
import { ALERT, HANDSHAKE, RecordReader, type TlsRecord } from "./tls-record.ts";

const NOTHING = new Uint8Array(0);

/** Whom an inlet works for. */
export interface TlsInletOwner {
  /** Whether what has come may be looked at. */
  readonly reads: boolean;
  /** Whether the handshake is over. */
  readonly verified: boolean;
  /** A message of the handshake. May throw. */
  hear(message: Uint8Array): void;
  /** Within an event, behind a message: what has become of it may be told. */
  heard(): void;
  alert(description: number): void;
  refuse(failure: TlsFailure): void;
}

export class TlsInlet {
  readonly #network: Network;
  readonly #owner: TlsInletOwner;
  readonly #sink: Sink;
  readonly #window: Uint8Array | undefined;
  readonly #reader = new RecordReader();
  /** Unwrapped, and not delivered yet. */
  #plain: Uint8Array = NOTHING;

  constructor(network: Network, owner: TlsInletOwner, sink: Sink, window: Uint8Array | undefined) {
    this.#network = network;
    this.#owner = owner;
    this.#sink = sink;
    this.#window = window;
  }

  /** Whether anything has come that was not taken and delivered. */
  get waits(): boolean {
    return this.#plain.length > 0 || this.#reader.size > 0;
  }

  /** Adds what has come, which is copied. */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  /** Within an event: does with what has come what may be done with it. */
  run(): void {
    while (this.#owner.reads) {
      if (this.#plain.length > 0) {
        this.#deliver();
        continue;
      }
      const record = this.#judge(() => this.#reader.next());
      if (record === undefined) break;
      this.#take(record);
    }
  }

  #take({ type, payload }: TlsRecord): void {
    const owner = this.#owner;
    if (type === ALERT) {
      owner.alert(payload[1] ?? 0);
    } else if ((type === HANDSHAKE) === owner.verified) {
      owner.refuse(failure("ERR_SSL_UNEXPECTED_MESSAGE"));
    } else if (type === HANDSHAKE) {
      this.#judge(() => owner.hear(payload));
      owner.heard();
    } else {
      this.#plain = payload;
    }
  }

  /** What somebody else has written may be anything. */
  #judge<T>(look: () => T): T | undefined {
    try {
      return look();
    } catch (error) {
      this.#owner.refuse(error instanceof TlsFailure ? error : failure("ERR_SSL_DECODE_ERROR"));
      return undefined;
    }
  }

  /** Delivers one read's worth. */
  #deliver(): void {
    const most = Math.min(this.#window?.length ?? READ_BYTES_MAX, this.#network.faults.readMax);
    const count = this.#network.piece(this.#plain.length, most);
    const piece = this.#plain.subarray(0, count);
    this.#plain = this.#plain.subarray(count);
    const fill = (into: Uint8Array): void => into.set(piece);
    reportBytes(this.#network, this.#sink, this.#window, count, fill);
  }
}

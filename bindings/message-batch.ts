/**
 * MessageBatch: all messages of one delivery, lent from engine memory while the handler runs.
 *
 * `bytes` and `table` are borrowed: the engine reuses the memory behind them when the handler has
 * returned, and every method throws then. `at(i)` is owned: a copy all messages of the batch share.
 */
import { clone } from "./platform.ts";
import { shown } from "./shown.ts";

/** Where a batch's messages lie, and how to lend them. */
export interface Lease {
  readonly memory: ArrayBuffer;
  /** Where the span of all messages begins, and its bytes. */
  readonly base: number;
  readonly span: number;
  /** offset, size, offset, size, ... counted from `base`; undefined: one message, the whole span. */
  readonly table: Uint32Array | undefined;
  /** Lend copies, detached afterwards. */
  readonly checks: boolean;
}

let endLease: (batch: MessageBatch) => number | undefined;

/**
 * The messages of one delivery. Without framing it is one piece of data.
 *
 * @example
 * ```js
 * const socket = new TCPSocket("localhost", port);
 * socket.onopen = () => socket.send("bytes");
 * socket.onmessages = ({ data: batch }) => {
 *   console.log(batch.length, batch.bytes.length); // 1 5
 *   const kept = batch.at(0); // a copy; batch.bytes is gone when the handler returns
 *   setTimeout(() => console.log(String.fromCharCode(...kept))); // bytes
 *   socket.close();
 * };
 * ```
 */
export class MessageBatch implements Iterable<Uint8Array> {
  #lease: Lease | undefined;
  #owned: ArrayBuffer | undefined;
  #bytes: Uint8Array | undefined;
  #table: Uint32Array | undefined;
  /** What the app has said it takes. */
  #taken: number | undefined;

  static {
    endLease = (batch) => {
      if (batch.#lease?.checks === true) {
        detach(batch.#bytes);
        detach(batch.#table);
      }
      batch.#lease = undefined;
      return batch.#taken;
    };
  }

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  /** Messages in the batch, at least 1; behind `stopAfter(i)` those up to `i`. */
  get length(): number {
    return Math.min(this.#taken ?? Infinity, this.#count());
  }

  /** Message `i`, owned. The messages of a batch share one ArrayBuffer. */
  at(i: number): Uint8Array {
    const { memory, base, span } = this.#current();
    // Another, if the app has transferred the one it was handed.
    if (this.#owned?.byteLength !== span) this.#owned = memory.slice(base, base + span);
    return new Uint8Array(this.#owned, this.offset(i), this.size(i));
  }

  /** The bytes that `offset` and `size` refer to; borrowed until the handler returns. */
  get bytes(): Uint8Array {
    const { memory, base, span, checks } = this.#current();
    this.#bytes ??= checks
      ? new Uint8Array(memory.slice(base, base + span))
      : new Uint8Array(memory, base, span);
    return this.#bytes;
  }

  /** Where in `bytes` message `i` begins. */
  offset(i: number): number {
    return this.#cell(i, 0);
  }

  /** Bytes of message `i`. */
  size(i: number): number {
    return this.#cell(i, 1);
  }

  /** offset, size, offset, size, ...; borrowed until the handler returns. */
  get table(): Uint32Array {
    const { table, span, checks } = this.#current();
    if (checks || table === undefined) this.#table ??= table?.slice() ?? Uint32Array.of(0, span);
    const whole = this.#table ?? (table as Uint32Array);
    return this.#taken === undefined ? whole : whole.subarray(0, this.#taken * 2);
  }

  /**
   * What follows message `i` is not delivered: when the handler returns it is decoded again, by the
   * framing that is set by then, or held if the socket is suspended, or makes an upgrade fail. The
   * smallest `i` counts.
   * @throws RangeError for a message that is not in the batch
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port, { framing: framing.lines() });
   * socket.onopen = () => socket.send("one") && socket.send("two");
   * socket.onmessages = ({ data: batch }) => {
   *   console.log(Buffer.from(batch.at(0)).toString()); // one
   *   batch.stopAfter(0);
   *   socket.onmessages = null;
   *   socket.ondata = ({ data }) => {
   *     console.log(data); // two
   *     socket.close();
   *   };
   * };
   * ```
   */
  stopAfter(i: number): void {
    this.#check(i, this.#count());
    this.#taken = Math.min(this.#taken ?? i + 1, i + 1);
  }

  /** All messages in order, owned. */
  *[Symbol.iterator](): Iterator<Uint8Array> {
    const { length } = this;
    for (let i = 0; i < length; i++) yield this.at(i);
  }

  #cell(i: number, column: 0 | 1): number {
    this.#check(i, this.length);
    return this.table[i * 2 + column] as number;
  }

  #count(): number {
    const { table } = this.#current();
    return table === undefined ? 1 : table.length / 2;
  }

  #check(i: number, length: number): void {
    if (Number.isInteger(i) && i >= 0 && i < length) return;
    throw new RangeError(`message ${shown(i)} came; 0 to ${length - 1} is allowed`);
  }

  #current(): Lease {
    if (this.#lease === undefined) {
      throw new DOMException("the handler has returned: copy what is to last", "InvalidStateError");
    }
    return this.#lease;
  }
}

/** Whoever kept it past the handler finds it empty. */
function detach(array: Uint8Array | Uint32Array | undefined): void {
  if (array !== undefined) clone(0, { transfer: [array.buffer as ArrayBuffer] });
}

/** The handler has returned: from now on the batch throws. Returns how many messages are taken, if it said so. */
export function endBatch(batch: MessageBatch): number | undefined {
  return endLease(batch);
}

/**
 * The bytes of a socket's external tail: payloads too large for the pool, or that found no room.
 *
 * The core counts them, this keeps them, first in, first out. What is taken stays until it is
 * dropped: the transport may still be reading it.
 *
 * Invariant: length = bytes pushed - bytes dropped; `#begin` is an offset into the first chunk.
 */
const CHUNK_BYTES = 65536;

/** The external bytes of one socket, in order. */
export class ExternalQueue {
  #chunks: Uint8Array[] = [];
  #begin = 0;
  /** Bytes used of the last chunk. */
  #end = 0;
  length = 0;

  /** Room for `count` bytes behind the rest; they count once added. */
  room(count: number): Uint8Array {
    let last = this.#chunks.at(-1);
    if (last === undefined || last.length - this.#end < count) {
      if (last !== undefined) this.#chunks[this.#chunks.length - 1] = last.subarray(0, this.#end);
      last = new Uint8Array(Math.max(count, CHUNK_BYTES));
      this.#chunks.push(last);
      this.#end = 0;
    }
    return last.subarray(this.#end, this.#end + count);
  }

  /** The first `count` bytes of the room given last are filled. */
  add(count: number): void {
    this.#end += count;
    this.length += count;
  }

  /** Views of the first `count` bytes, added to `views`. */
  take(count: number, views: Uint8Array[]): void {
    let begin = this.#begin;
    for (let index = 0; count > 0; index++) {
      const chunk = this.#chunks[index] as Uint8Array;
      const view = chunk.subarray(begin, Math.min(chunk.length, begin + count));
      views.push(view);
      count -= view.length;
      begin = 0;
    }
  }

  /** The first `count` bytes have been read for good. */
  drop(count: number): void {
    this.length -= count;
    this.#begin += count;
    let first = this.#chunks[0];
    while (first !== undefined && this.#begin >= first.length) {
      this.#begin -= first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
    if (this.length === 0) this.clear();
  }

  clear(): void {
    this.#chunks = [];
    this.#begin = 0;
    this.#end = 0;
    this.length = 0;
  }
}

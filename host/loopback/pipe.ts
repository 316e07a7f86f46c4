/**
 * One direction of a connection: the bytes between one end's write and the other end's read.
 *
 *     push ─► [ under way ][ arrived ] ─► read        (then the end, if it was sent)
 *
 * Owns its bytes. Must never keep the caller's memory or hand out its own. Invariants:
 * 0 ≤ `size` ≤ capacity; bytes arrive in the order of their pushes, the end behind them all.
 */
interface Chunk {
  readonly bytes: Uint8Array;
  /** When it arrives. */
  readonly due: number;
  next: Chunk | undefined;
}

export class Pipe {
  readonly #capacity: number;
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  /** Bytes of the first chunk that are read already. */
  #taken = 0;
  #size = 0;
  #lastDue = 0;
  #endDue = Number.POSITIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes inside, arrived or not. */
  get size(): number {
    return this.#size;
  }

  get room(): number {
    return this.#capacity - this.#size;
  }

  /** When there is something to read or the end to see; Infinity if nothing is coming. */
  get due(): number {
    return this.#first?.due ?? this.#endDue;
  }

  /** Puts bytes in, which the pipe keeps: at most `room`. Nothing follows the end. */
  push(bytes: Uint8Array, due: number): void {
    if (this.#endDue !== Number.POSITIVE_INFINITY) return;
    const chunk: Chunk = { bytes, due: this.#behind(due), next: undefined };
    if (this.#last === undefined) this.#first = chunk;
    else this.#last.next = chunk;
    this.#last = chunk;
    this.#size += bytes.length;
  }

  /** Puts the end in, behind all bytes. */
  end(due: number): void {
    if (this.#endDue === Number.POSITIVE_INFINITY) this.#endDue = this.#behind(due);
  }

  /** Bytes that have arrived; does not count far beyond `most`. */
  arrived(now: number, most: number): number {
    let bytes = -this.#taken;
    for (let chunk = this.#first; chunk !== undefined && chunk.due <= now; chunk = chunk.next) {
      bytes += chunk.bytes.length;
      if (bytes >= most) return most;
    }
    return Math.max(0, bytes);
  }

  /** Whether the end has come and nothing is in front of it. */
  ended(now: number): boolean {
    return this.#size === 0 && this.#endDue <= now;
  }

  /** Fills `into` with bytes that have arrived. */
  read(into: Uint8Array): void {
    for (let at = 0; at < into.length; ) {
      const chunk = this.#first as Chunk;
      const part = chunk.bytes.subarray(this.#taken, this.#taken + into.length - at);
      into.set(part, at);
      at += part.length;
      this.#drop(chunk, part.length);
    }
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#taken = 0;
    this.#size = 0;
    this.#endDue = Number.POSITIVE_INFINITY;
  }

  #drop(first: Chunk, bytes: number): void {
    this.#taken += bytes;
    this.#size -= bytes;
    if (this.#taken < first.bytes.length) return;
    this.#taken = 0;
    this.#first = first.next;
    if (this.#first === undefined) this.#last = undefined;
  }

  #behind(due: number): number {
    this.#lastDue = Math.max(this.#lastDue, due);
    return this.#lastDue;
  }
}

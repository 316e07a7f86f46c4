/**
 * Bytes that are appended at one end and taken away at the other, and whether two are the same.
 *
 * Views handed out stay as they are: what was appended is never moved or written over.
 */
const NOTHING = new Uint8Array(0);
const LEAST_SPACE = 64;
/** So few are compared faster here than by the platform. */
const FEW = 32;

export class Bytes {
  #space = NOTHING;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** All of them. */
  get view(): Uint8Array {
    return this.#space.subarray(this.#start, this.#end);
  }

  add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#space.length) this.#grow(bytes.length);
    this.#space.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The first so many are taken away. */
  take(count: number): void {
    this.#start += count;
  }

  /** Whether they begin with these. */
  startWith(bytes: Uint8Array): boolean {
    const from = this.#start;
    if (bytes.length > this.length) return false;
    return same(bytes, this.#space, from);
  }

  #grow(more: number): void {
    const space = new Uint8Array(Math.max(LEAST_SPACE, 2 * (this.length + more)));
    space.set(this.view);
    this.#end = this.length;
    this.#start = 0;
    this.#space = space;
  }
}

/** Whether `bytes` stand in `all` at `from`. */
export function same(bytes: Uint8Array, all: Uint8Array, from: number): boolean {
  const { length } = bytes;
  if (from + length > all.length) return false;
  if (length > FEW) return Buffer.compare(bytes, all.subarray(from, from + length)) === 0;
  for (let i = 0; i < length; i++) if (bytes[i] !== all[from + i]) return false;
  return true;
}

/**
 * What a line carries once TLS has begun on it: records, whole ones behind each other, and nothing else.
 *
 *     type (20 to 23) | 3 | version | length, u16 | so many bytes
 */
import { must } from "./model.ts";

const HEADER_BYTES = 5;
const LENGTH_MAX = 16_384 + 256;

export class Records {
  /** Of the record that has begun: where in its header we are, and what is left of it. */
  #at = 0;
  #length = 0;
  #left = 0;
  /** Any bytes came. */
  some = false;

  push(bytes: Uint8Array): void {
    this.some = true;
    for (let i = 0; i < bytes.length; i++) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - i);
        this.#left -= skipped;
        i += skipped - 1;
      } else this.#header(bytes[i] as number);
    }
  }

  #header(byte: number): void {
    if (this.#at === 0) must(byte >= 20 && byte <= 23, "wire: plaintext where TLS was to be");
    if (this.#at === 1) must(byte === 3, "wire: plaintext where TLS was to be");
    if (this.#at >= 3) this.#length = this.#length * 256 + byte;
    if (++this.#at < HEADER_BYTES) return;
    must(this.#length <= LENGTH_MAX, "wire: a record is too long");
    this.#left = this.#length;
    this.#at = 0;
    this.#length = 0;
  }
}

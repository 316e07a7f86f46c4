/**
 * The bytes all questions send, and the check of what arrives.
 *
 * The stream is a fixed pseudo-random sequence with a period that no chunk size divides, so bytes
 * lost, doubled or swapped show. A thorough check compares every byte (in warm-up); the quick one,
 * the same for all sides, compares the ends of each chunk and one byte in 4 KiB, and counts all.
 */
const PERIOD = 64 * 1021; // 1021 is prime
const LONGEST = 64 * 1024;
const SAMPLE = 4096;

const bytes = Buffer.alloc(PERIOD + LONGEST);
let state = 1;
for (let at = 0; at < PERIOD; at++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  bytes[at] = state >>> 24;
}
for (let at = PERIOD; at < bytes.length; at++) bytes[at] = bytes[at - PERIOD];

/** `length` bytes of the stream, at most 64 KiB, from `position` on. */
export function streamAt(position, length) {
  const begin = position % PERIOD;
  return bytes.subarray(begin, begin + length);
}

/** The stream cut into messages of `size` (a multiple of 64): message n is `cut[n % cut.length]`. */
export function messagesOf(size) {
  return Array.from({ length: PERIOD / 64 }, (_, n) => streamAt(n * size, size));
}

/** Follows a stream from its beginning. */
export class Check {
  /** Bytes so far. */
  position = 0;
  #thorough;

  constructor(thorough) {
    this.#thorough = thorough;
  }

  /** @param {Uint8Array} chunk what came next; throws if it is not what was sent */
  take(chunk) {
    const { length } = chunk;
    if (length === 0) return;
    if (this.#thorough) this.#compare(chunk);
    for (let at = 0; at < length; at += SAMPLE) this.#sample(chunk, at);
    this.#sample(chunk, length - 1);
    this.position += length;
  }

  #sample(chunk, at) {
    const position = this.position + at;
    if (chunk[at] !== bytes[position % PERIOD]) throw new Error(`byte ${position} is wrong`);
  }

  #compare(chunk) {
    for (let at = 0; at < chunk.length; at += LONGEST) {
      const part = chunk.subarray(at, at + LONGEST);
      const expected = streamAt(this.position + at, part.length);
      if (expected.compare(part) !== 0) {
        throw new Error(`bytes from ${this.position + at} on are wrong`);
      }
    }
  }
}

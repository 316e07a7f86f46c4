/**
 * Length-prefixed messages as one writes them by hand: a parser over the chunks of a stream, and a
 * scanner that only notes where the messages lie. Neither touches a byte more often than it must;
 * what a chunk leaves over is kept once, however many chunks its message takes.
 */
const HEADER = 4;
const ALIKE_MIN = 4;
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** `readUInt32BE` at its best. */
function sizeAt(bytes, at) {
  const size =
    ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  if (size > MESSAGE_BYTES_MAX) throw new Error(`a message of ${size} bytes`);
  return size;
}

export class LengthParser {
  #hand;
  /** The message that is not complete, header first; as large as it will be once that is known. */
  #split = Buffer.alloc(HEADER);
  #have = 0;

  /** @param hand (bytes, begin, end) => takes one message; it may keep the bytes */
  constructor(hand) {
    this.#hand = hand;
  }

  /** @param {Buffer} chunk */
  take(chunk) {
    const end = chunk.length;
    let at = this.#have === 0 ? 0 : this.#complete(chunk);
    while (at + HEADER <= end) {
      const next = at + HEADER + sizeAt(chunk, at);
      if (next > end) break;
      this.#hand(chunk, at + HEADER, next);
      at = next;
    }
    if (at < end) this.#begin(chunk, at);
  }

  #begin(chunk, at) {
    const known = chunk.length - at >= HEADER;
    this.#split = Buffer.allocUnsafe(known ? HEADER + sizeAt(chunk, at) : HEADER);
    this.#have = chunk.copy(this.#split, 0, at);
  }

  /** Fills the split message from the chunk's front; returns where the chunk goes on. */
  #complete(chunk) {
    let at = 0;
    if (this.#have < HEADER) {
      at = this.#fill(chunk, 0);
      if (this.#have < HEADER) return at;
    }
    if (this.#split.length === HEADER) {
      const header = this.#split;
      this.#split = Buffer.allocUnsafe(HEADER + sizeAt(header, 0));
      header.copy(this.#split);
    }
    at += this.#fill(chunk, at);
    if (this.#have < this.#split.length) return at;
    this.#have = 0;
    this.#hand(this.#split, HEADER, this.#split.length);
    return at;
  }

  #fill(chunk, at) {
    const copied = chunk.copy(this.#split, this.#have, at);
    this.#have += copied;
    return copied;
  }
}

/** For `throughTwin`: notes offsets and sizes; where some sizes in a row were the same, as the core does. */
export class LengthScanner {
  /** @param entries most messages that there can be in what is scanned */
  constructor(entries) {
    this.table = new Int32Array(entries * 2);
    this.length = 0;
  }

  /** Notes what is complete in bytes[begin..end); returns where the rest begins. */
  scan(bytes, begin, end) {
    const { table } = this;
    let at = begin;
    let cell = 0;
    let before = -1;
    let alike = 0;
    while (at + HEADER <= end) {
      const size = sizeAt(bytes, at);
      const next = at + HEADER + size;
      if (next > end) break;
      table[cell++] = at + HEADER;
      table[cell++] = size;
      at = next;
      alike = size === before ? alike + 1 : 0;
      before = size;
      if (alike < ALIKE_MIN) continue;
      const frame = HEADER + size;
      for (; at + frame <= end && sizeAt(bytes, at) === size; at += frame) {
        table[cell++] = at + HEADER;
        table[cell++] = size;
      }
    }
    this.length = cell / 2;
    return at;
  }
}

/**
 * What every receiver does with every message, whatever shape it comes in: looks at its first byte
 * and its size, adds both up, counts. At the end the sum must be what was sent; in warm-up every
 * byte is compared too, so that a parser that cuts in the wrong place is an error, not a figure.
 */
import { announced } from "./stream.mjs";

export class Tally {
  /** Called when all have come. */
  onfinish = () => {};
  /** Called when an announcement has said what will come. */
  onannounce = () => {};
  #stream;
  #count = 0;
  #sum = 0;
  #skipped = 0;
  /** Nothing expected yet: the first message announces the others. */
  #expected = 1;
  #announced = false;
  #thorough = false;

  constructor(stream) {
    this.#stream = stream;
  }

  expect(count, thorough) {
    this.#count = 0;
    this.#sum = 0;
    this.#skipped = 0;
    this.#expected = count;
    this.#announced = true;
    this.#thorough = thorough;
  }

  /** @param {Uint8Array} message */
  bytes(message) {
    if (this.#thorough) this.#compare(message, this.#count);
    this.#sum += message[0] + message.length;
    if (++this.#count === this.#expected) this.#reached(message);
  }

  /** @param {ArrayBuffer} message exact in size */
  buffer(message) {
    if (this.#thorough) this.#compare(new Uint8Array(message), this.#count);
    this.#sum += new Uint8Array(message)[0] + message.byteLength;
    if (++this.#count === this.#expected) this.#reached(new Uint8Array(message));
  }

  /** @param {string} message one character a byte */
  text(message) {
    if (this.#thorough) this.#compare(Buffer.from(message, "latin1"), this.#count);
    this.#sum += message.charCodeAt(0) + message.length;
    if (++this.#count === this.#expected) this.#reached(Buffer.from(message, "latin1"));
  }

  /**
   * @param {Uint8Array} bytes where the messages lie
   * @param table offset, size, offset, size, ...
   * @param length messages
   */
  batch(bytes, table, length) {
    if (this.#thorough) this.#compareAll(bytes, table, length);
    const end = length * 2;
    let sum = 0;
    for (let at = 0; at < end; at += 2) sum += bytes[table[at]] + table[at + 1];
    this.#sum += sum;
    this.#count += length;
    if (this.#count >= this.#expected) {
      this.#reached(bytes.subarray(table[0], table[0] + table[1]));
    }
  }

  /** `count` bytes came that nobody looked at. */
  skip(count) {
    this.#skipped += count;
    if (this.#skipped === this.#stream.bytesOf(this.#expected)) this.onfinish();
  }

  #reached(message) {
    if (this.#announced) return this.#finish();
    const { count, thorough } = announced(message);
    this.expect(count, thorough);
    this.onannounce();
  }

  #finish() {
    const sum = this.#stream.sumOf(this.#expected);
    if (this.#count !== this.#expected || this.#sum !== sum) {
      throw new Error(
        `${this.#count} messages with the sum ${this.#sum} came, not ${this.#expected} with ${sum}`,
      );
    }
    this.onfinish();
  }

  #compare(message, n) {
    const { bodies } = this.#stream;
    if (bodies[n % bodies.length].compare(message) !== 0) throw new Error(`message ${n} is wrong`);
  }

  #compareAll(bytes, table, length) {
    for (let i = 0; i < length; i++) {
      const offset = table[i * 2];
      this.#compare(bytes.subarray(offset, offset + table[i * 2 + 1]), this.#count + i);
    }
  }
}

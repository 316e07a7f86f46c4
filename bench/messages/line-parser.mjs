/**
 * Lines as one takes them apart by hand, ended by LF or CRLF: in chunks of bytes, in chunks of
 * text, and a scanner that only notes where they lie. All search each byte once: what a chunk
 * leaves over is put aside and joined when its line ends.
 */
const LF = 10;
const CR = 13;

export class LineParser {
  #hand;
  #parts = [];

  /** @param hand (bytes, begin, end) => takes one line; it may keep the bytes */
  constructor(hand) {
    this.#hand = hand;
  }

  /** @param {Buffer} chunk */
  take(chunk) {
    let from = 0;
    let at = chunk.indexOf(LF);
    if (at !== -1 && this.#parts.length !== 0) {
      this.#parts.push(chunk.subarray(0, at));
      const line = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#line(line, 0, line.length);
      from = at + 1;
      at = chunk.indexOf(LF, from);
    }
    while (at !== -1) {
      this.#line(chunk, from, at);
      from = at + 1;
      at = chunk.indexOf(LF, from);
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  #line(bytes, begin, end) {
    this.#hand(bytes, begin, end > begin && bytes[end - 1] === CR ? end - 1 : end);
  }
}

export class TextLineParser {
  #hand;
  #parts = [];

  /** @param hand (line) => takes one line */
  constructor(hand) {
    this.#hand = hand;
  }

  /** @param {string} chunk */
  take(chunk) {
    let from = 0;
    let at = chunk.indexOf("\n");
    if (at !== -1 && this.#parts.length !== 0) {
      const line = this.#parts.join("") + chunk.slice(0, at);
      this.#parts = [];
      this.#line(line, 0, line.length);
      from = at + 1;
      at = chunk.indexOf("\n", from);
    }
    while (at !== -1) {
      this.#line(chunk, from, at);
      from = at + 1;
      at = chunk.indexOf("\n", from);
    }
    if (from < chunk.length) this.#parts.push(chunk.slice(from));
  }

  #line(text, begin, end) {
    const crlf = end > begin && text.charCodeAt(end - 1) === CR;
    this.#hand(text.slice(begin, crlf ? end - 1 : end));
  }
}

/** For `throughTwin`: notes offsets and sizes. Buffer's indexOf beats a loop over the bytes. */
export class LineScanner {
  /** @param entries most lines that there can be in what is scanned */
  constructor(entries) {
    this.table = new Int32Array(entries * 2);
    this.length = 0;
  }

  /** Notes what is complete in bytes[begin..end); returns where the rest begins. */
  scan(bytes, begin, end) {
    const { table } = this;
    let from = begin;
    let cell = 0;
    for (let at = bytes.indexOf(LF, from); at !== -1 && at < end; at = bytes.indexOf(LF, from)) {
      table[cell++] = from;
      table[cell++] = at - from - Number(at > from && bytes[at - 1] === CR);
      from = at + 1;
    }
    this.length = cell / 2;
    return from;
  }
}

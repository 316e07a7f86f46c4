/**
 * Every framing of the core: its configuration words for set_framing, and one message of it as it
 * is on the wire. Encoded here by hand, so that the core does not check itself.
 */
const FIXED = 1;
const LENGTH_PREFIXED = 2;
const VARINT = 3;
const DELIMITED = 4;
const NETSTRING = 5;
const SLIP = 6;
const COBS = 7;
const CONTENT_LENGTH = 8;

/** A delimiter that is hard to tell from what stands in front of it. */
const NEAR = `${"a".repeat(15)}b`;

/** name → { words(size), payload(size), wire(payload) } */
export const framings = {
  fixed: { words: (size) => wordsOf(FIXED, { offset: size }), payload: binary, wire: (it) => it },
  lengthPrefixed: {
    words: () => wordsOf(LENGTH_PREFIXED, { width: 4, strip: 4 }),
    payload: binary,
    wire(it) {
      const header = Buffer.alloc(4);
      header.writeUInt32BE(it.length);
      return Buffer.concat([header, it]);
    },
  },
  varint: {
    words: () => wordsOf(VARINT, { strip: 1 }),
    payload: binary,
    wire: (it) => Buffer.concat([varint(it.length), it]),
  },
  lines: {
    words: () => wordsOf(DELIMITED, { delimiter: "\r\n" }),
    payload: (size) => Buffer.alloc(size, "a CR \r alone and an LF \n alone end nothing; "),
    wire: (it) => Buffer.concat([it, Buffer.from("\r\n")]),
  },
  delimited: {
    words: () => wordsOf(DELIMITED, { delimiter: NEAR }),
    payload: (size) => Buffer.alloc(size, "a"),
    wire: (it) => Buffer.concat([it, Buffer.from(NEAR)]),
  },
  netstring: {
    words: () => wordsOf(NETSTRING),
    payload: binary,
    wire: (it) => Buffer.concat([Buffer.from(`${it.length}:`), it, Buffer.from(",")]),
  },
  slip: { words: () => wordsOf(SLIP), payload: binary, wire: slip },
  cobs: { words: () => wordsOf(COBS), payload: binary, wire: cobs },
  contentLength: {
    words: () => wordsOf(CONTENT_LENGTH),
    payload: binary,
    wire: (it) => Buffer.concat([Buffer.from(`Content-Length: ${it.length}\r\n\r\n`), it]),
  },
};

function wordsOf(kind, { offset = 0, width = 0, strip = 0, delimiter } = {}) {
  const words = [kind, 0, 0, offset, width, 0, strip, delimiter === undefined ? 0 : 1];
  if (delimiter === undefined) return words;
  const bytes = Buffer.alloc(16);
  bytes.write(delimiter, "latin1");
  const at = [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(offset));
  return [...words, delimiter.length, ...at];
}

/** All byte values, among them every one that a framing must escape. */
function binary(size) {
  return Buffer.from(Array.from({ length: size }, (_, n) => (n * 7 + (n >> 8)) & 255));
}

function varint(length) {
  const bytes = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function slip(payload) {
  const escaped = Array.from(payload, (byte) => {
    if (byte === 0xc0) return [0xdb, 0xdc];
    return byte === 0xdb ? [0xdb, 0xdd] : [byte];
  });
  return Buffer.from([...escaped.flat(), 0xc0]);
}

function cobs(payload) {
  const out = [];
  let run = [];
  const close = () => {
    out.push(run.length + 1, ...run);
    run = [];
  };
  for (const byte of payload) {
    if (byte !== 0) run.push(byte);
    if (byte === 0 || run.length === 254) close();
  }
  close();
  return Buffer.from([...out, 0]);
}

/**
 * The messages that flow, and who sends them: 1021 different bodies in a row, over and over, framed and
 * joined once into a block of whole rows, so that sending costs nothing but writes.
 */
import { messagesOf } from "../pattern.mjs";

const BODY_BYTES = 64;
const LINE_BYTES = 60;
const BLOCK_BYTES_MIN = 1024 * 1024;
/** Blocks handed to the socket before the first is with the kernel: it never waits for JavaScript. */
const AHEAD = 4;

class MessageStream {
  /** Message n is `bodies[n % bodies.length]`. */
  bodies;
  /** One message as it is on the wire. */
  framed;
  #row;

  /** @param {(body: Buffer) => Buffer} framed adds as many bytes to each body */
  constructor(bodies, framed) {
    this.bodies = bodies;
    this.framed = framed;
    this.#row = Buffer.concat(bodies.map(framed));
  }

  /** What `count` messages take on the wire. */
  bytesOf(count) {
    return (count * this.#row.length) / this.bodies.length;
  }

  /** What Tally adds up over the first `count` messages. */
  sumOf(count) {
    const { bodies } = this;
    const sum = (some) => some.reduce((total, body) => total + body[0] + body.length, 0);
    const rows = Math.floor(count / bodies.length);
    return rows * sum(bodies) + sum(bodies.slice(0, count % bodies.length));
  }

  /** Writes the first `count` messages to a socket of node:net. */
  send(socket, count) {
    const row = this.#row;
    const block = Buffer.concat(Array(Math.ceil(BLOCK_BYTES_MIN / row.length)).fill(row));
    let left = this.bytesOf(count);
    const next = () => {
      if (left === 0) return;
      const length = Math.min(left, block.length);
      left -= length;
      socket.write(length === block.length ? block : block.subarray(0, length), next);
    };
    for (let ahead = 0; ahead < AHEAD; ahead++) next();
  }
}

/** u32 big-endian, then 64 bytes of anything. */
export function lengthStream() {
  return new MessageStream(messagesOf(BODY_BYTES), (body) => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(body.length);
    return Buffer.concat([header, body]);
  });
}

/** The size as a varint, of one byte, then 64 bytes of anything. */
export function varintStream() {
  const header = Buffer.of(BODY_BYTES);
  return new MessageStream(messagesOf(BODY_BYTES), (body) => Buffer.concat([header, body]));
}

/** 60 printable characters, then CRLF. */
export function lineStream() {
  const bodies = messagesOf(BODY_BYTES).map((body) => {
    return Buffer.from(body.subarray(0, LINE_BYTES).map((byte) => 33 + (byte % 94)));
  });
  return new MessageStream(bodies, (body) => Buffer.concat([body, Buffer.from("\r\n")]));
}

/**
 * Says what will flow: to a sender what is wanted of it, framed or not, whatever the side does; to a
 * receiver, as the first message.
 */
export function announcement(count, thorough) {
  return Buffer.from(`${count} ${Number(thorough)}`.padEnd(BODY_BYTES));
}

export function announced(bytes) {
  const found = /(\d+) ([01]) /.exec(Buffer.from(bytes).toString("latin1"));
  if (found === null) throw new Error("no announcement came");
  return { count: Number(found[1]), thorough: found[2] === "1" };
}

/** For limit(): the answer of a receiver that is another program must be about what the stream sends. */
export function sumIsThatOf(streamOf) {
  return ({ messages, sum }, count) => {
    const expected = streamOf().sumOf(count);
    if (messages === count && sum === expected) return;
    throw new Error(`${messages} messages with the sum ${sum} came, not ${count} with ${expected}`);
  };
}

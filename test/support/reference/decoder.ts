/**
 * The reference's stream: bytes in, messages out, one at a time, until one is no message.
 *
 * Nothing after a failure: what was whole before it has been delivered, the rest never is. The
 * framing may be changed between two messages; bytes not delivered yet are read afresh.
 */
import { cobs } from "./cobs.ts";
import { contentLength } from "./content-length.ts";
import { delimited } from "./delimited.ts";
import { fixed } from "./fixed.ts";
import { concat, type Failure, type Framer, type Framing } from "./framing.ts";
import { lengthPrefixed } from "./length-prefixed.ts";
import { lines } from "./lines.ts";
import { netstring } from "./netstring.ts";
import { slip } from "./slip.ts";
import { varint } from "./varint.ts";

const FRAMERS: { [Type in Framing["type"]]: Framer<Extract<Framing, { type: Type }>> } = {
  fixed,
  lengthPrefixed,
  varint,
  delimited,
  lines,
  netstring,
  slip,
  cobs,
  contentLength,
};

function framerOf(framing: Framing): Framer<Framing> {
  return FRAMERS[framing.type] as Framer<Framing>;
}

/** What the wire carries for `payload`; a RangeError where nothing would bring it. */
export function encode(payload: Uint8Array, framing: Framing): Uint8Array {
  return framerOf(framing).encode(payload, framing);
}

/** The same, but null where nothing would. */
export function encoded(payload: Uint8Array, framing: Framing): Uint8Array | null {
  try {
    return encode(payload, framing);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const NOTHING = new Uint8Array();

export class Decoder {
  /** null: no messages, only bytes. */
  framing: Framing | null;
  failure: Failure | null = null;
  #rest: Uint8Array = NOTHING;
  #ended = false;

  /** @param bytes the first bytes of the stream, which must not change */
  constructor(framing: Framing | null, bytes?: Uint8Array) {
    this.framing = framing;
    if (bytes) this.#rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  push(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
  }

  /** The peer's FIN: what is left is the last message, or a broken one. */
  end(): void {
    this.#ended = true;
  }

  /** Bytes that are no part of a delivered message. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** All of them, as they are. */
  takeRest(): Uint8Array {
    const rest = Uint8Array.from(this.#rest);
    this.#rest = NOTHING;
    return rest;
  }

  /** The next message, or null: none is whole, or the stream has failed. */
  next(): Uint8Array | null {
    const { framing } = this;
    while (framing !== null && this.failure === null && this.#rest.length > 0) {
      const framer = framerOf(framing);
      let verdict = framer.take(this.#rest, framing);
      if (verdict === "more" && this.#ended) {
        verdict = framer.end?.(this.#rest, framing) ?? "incomplete";
      }
      if (verdict === "more") return null;
      if (typeof verdict === "string") {
        this.failure = verdict;
        return null;
      }
      this.#rest = this.#rest.slice(verdict.used);
      if (verdict.message !== null) return new Uint8Array(verdict.message);
    }
    return null;
  }

  /** All that are whole by now. */
  drain(): Uint8Array[] {
    const messages: Uint8Array[] = [];
    for (let next = this.next(); next !== null; next = this.next()) messages.push(next);
    return messages;
  }
}

export interface Decoded {
  messages: Uint8Array[];
  failure: Failure | null;
  rest: Uint8Array;
}

/** What a stream cut into these pieces brings; with `fin` the peer ends behind it. */
export function decode(pieces: readonly Uint8Array[], framing: Framing, fin = false): Decoded {
  const decoder = new Decoder(framing);
  const messages: Uint8Array[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    messages.push(...decoder.drain());
  }
  if (fin) decoder.end();
  messages.push(...decoder.drain());
  return { messages, failure: decoder.failure, rest: concat(decoder.rest) };
}

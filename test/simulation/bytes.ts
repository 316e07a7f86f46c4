/**
 * Bytes to send, cut out of long stretches whose parts all differ, and what was written where.
 */

import { Bytes } from "./model/bytes.ts";
import { must } from "./model.ts";
import { Records } from "./records.ts";

const STRETCH = 1 << 18;

function stretch(alphabet: string): Uint8Array {
  const bytes = new Uint8Array(STRETCH);
  let state = 1;
  for (let at = 0; at < STRETCH; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = alphabet.charCodeAt((state >>> 12) % alphabet.length);
  }
  return bytes;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const ALL = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
/** Bytes that mean something to one framing or another. */
const TELLING = "\0\x01\x02\x03ab-x\r\n012:,;\x7f\x80\xc0\xdb\xdc\xdd\xfe\xff";

const STRETCHES = [stretch(LETTERS), stretch(ALL), stretch(TELLING)];

/** Some bytes of one kind; they must not be changed. */
export function someBytes(kind: number, place: number, length: number): Uint8Array {
  const from = STRETCHES[kind] as Uint8Array;
  const start = place % (STRETCH - length + 1);
  return from.subarray(start, start + length);
}

/** Everything one end writes, in plaintext and then within TLS, to hold against what arrives at the other. */
export class Written {
  /** Those under way. */
  readonly #plain = new Bytes();
  readonly #secure = new Bytes();
  readonly #records = new Records();
  /** TLS has begun here: what follows on the line are records. */
  begun = false;

  /** Plaintext under way. */
  get plain(): number {
    return this.#plain.length;
  }

  add(view: Uint8Array, secure = false): void {
    (secure ? this.#secure : this.#plain).add(view);
  }

  /** @param secure whether it came out of TLS */
  arrived(bytes: Uint8Array, secure = false): void {
    const under = secure ? this.#secure : this.#plain;
    const count = this.begun && !secure ? Math.min(bytes.length, under.length) : bytes.length;
    must(count <= under.length, "wire: more arrived than was written");
    must(!secure || this.plain === 0, "wire: plaintext in front of TLS was believed");
    const known = bytes.subarray(0, count);
    must(under.startWith(known), "wire: other bytes arrived than were written");
    under.take(count);
    if (count < bytes.length) this.#records.push(bytes.subarray(count));
  }

  /** Records went to somebody who takes them for plaintext: a handshake that lacks them does not end. */
  get swallowed(): boolean {
    return this.#records.some;
  }
}

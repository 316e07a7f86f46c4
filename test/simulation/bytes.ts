/**
 * Bytes to send, cut out of long stretches whose parts all differ, and what was written where.
 */

import { Bytes } from "./model/bytes.ts";
import { must } from "./model.ts";

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

/** Everything written one way, to hold against what arrives at the other end. */
export class Written {
  /** Those under way. */
  readonly #bytes = new Bytes();

  add(view: Uint8Array): void {
    this.#bytes.add(view);
  }

  arrived(bytes: Uint8Array): void {
    must(bytes.length <= this.#bytes.length, "wire: more arrived than was written");
    must(this.#bytes.startWith(bytes), "wire: other bytes arrived than were written");
    this.#bytes.take(bytes.length);
  }
}

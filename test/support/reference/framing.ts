/**
 * What a framing is to the reference: its plain description, and two functions for each type.
 *
 * The reference is written from the descriptions of the formats alone, is slow, and shares nothing
 * with the core: `take` looks at everything that has arrived and not been delivered, from its start,
 * each time. It must say the same of any longer input once it has said anything but "more".
 */
export type Framing =
  | Fixed
  | LengthPrefixed
  | Varint
  | Delimited
  | Lines
  | Netstring
  | Slip
  | Cobs
  | ContentLength;

interface Limited {
  /** The longest message as delivered. */
  maxMessageBytes?: number;
}

/** Every `size` bytes are a message. */
export interface Fixed {
  type: "fixed";
  size: number;
}

/** `offset` bytes, a length field, and what it counts: offset + bytes + L + adjust in all. */
export interface LengthPrefixed extends Limited {
  type: "lengthPrefixed";
  bytes: 1 | 2 | 3 | 4 | 8;
  endian?: "big" | "little";
  offset?: number;
  adjust?: number;
  /** So many bytes of the frame's front are not delivered. */
  strip?: number;
}

/** `offset` bytes, an unsigned LEB128 length, and so many bytes. */
export interface Varint extends Limited {
  type: "varint";
  offset?: number;
  strip?: boolean;
}

/** A message ends where the first of `delimiters` does; one char of them is one byte. */
export interface Delimited extends Limited {
  type: "delimited";
  delimiters: readonly string[];
  keep?: boolean;
}

export interface Lines extends Limited {
  type: "lines";
  eol?: "\r\n" | "\n";
  keep?: boolean;
  /** The peer's FIN ends the last line too. */
  lastLine?: boolean;
}

export interface Netstring extends Limited {
  type: "netstring";
}

export interface Slip extends Limited {
  type: "slip";
}

export interface Cobs extends Limited {
  type: "cobs";
}

export interface ContentLength extends Limited {
  type: "contentLength";
}

/** Why the bytes are no message. "incomplete": the peer's FIN came in the middle of one. */
export type Failure = "tooLong" | "malformed" | "incomplete";

/** The front of the bytes: `used` of them are done with; no message where a frame is ignored. */
export interface Taken {
  used: number;
  message: Uint8Array | null;
}

export type Verdict = Taken | "more" | Failure;

export interface Framer<F> {
  take(bytes: Uint8Array, framing: F): Verdict;
  /** What the wire carries for a payload. Throws a RangeError where no wire bytes would bring it. */
  encode(payload: Uint8Array, framing: F): Uint8Array;
  /** The peer has ended behind these bytes, of which `take` wants more. Default: incomplete. */
  end?(bytes: Uint8Array, framing: F): Verdict;
}

const MAX_MESSAGE_BYTES = 1048576;

export function limitOf(framing: Limited): number {
  return framing.maxMessageBytes ?? MAX_MESSAGE_BYTES;
}

/** Refuses payloads that the same framing would not deliver for their length. */
export function checkLimit(length: number, framing: Limited): void {
  const max = limitOf(framing);
  if (length > max) throw new RangeError(`${length} bytes, at most ${max} are allowed`);
}

/** One byte for each char. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** The chars from one code to another, both included. */
export function charsFrom(first: number, last: number): string {
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, at) => first + at));
}

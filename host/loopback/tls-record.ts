/**
 * The records of the stand-in for TLS: what everything is wrapped in once TLS has begun.
 *
 *     type (22 handshake, 21 alert, 23 data) | 3 | 3 | length, u16 | payload | tag, u32
 *
 * Nothing is secret here: the payload is masked so that no plaintext shows on the line, and the tag
 * covers it with its place in the sequence, so that bytes cut out, put in or changed are found as real
 * TLS finds them. Must never give out a record whose tag is wrong, nor wait for more of what is none.
 */
import { failure } from "./tls-failure.ts";

export const ALERT = 21;
export const HANDSHAKE = 22;
export const DATA = 23;
/** Most bytes of payload in one record. */
export const PAYLOAD_BYTES_MAX = 16_384;

const HEADER_BYTES = 5;
const TAG_BYTES = 4;
const VERSION_BYTE = 3;
const MASK = 0xa5;

export interface TlsRecord {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** FNV-1a of the record's place, its type and its payload. */
function tagOf(sequence: number, type: number, payload: Uint8Array): number {
  let tag = Math.imul(0x811c9dc5 ^ sequence, 0x01000193);
  tag = Math.imul(tag ^ type, 0x01000193);
  for (let at = 0; at < payload.length; at++) {
    tag = Math.imul(tag ^ (payload[at] as number), 0x01000193);
  }
  return tag >>> 0;
}

/** Wraps what one side says. */
export class RecordWriter {
  #sequence = 0;

  /** The payload is at most PAYLOAD_BYTES_MAX; it is copied. */
  wrap(type: number, payload: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(HEADER_BYTES + payload.length + TAG_BYTES);
    const view = new DataView(bytes.buffer);
    bytes.set([type, VERSION_BYTE, VERSION_BYTE]);
    view.setUint16(3, payload.length + TAG_BYTES);
    for (let at = 0; at < payload.length; at++) {
      bytes[HEADER_BYTES + at] = (payload[at] as number) ^ MASK;
    }
    view.setUint32(HEADER_BYTES + payload.length, tagOf(this.#sequence++, type, payload));
    return bytes;
  }
}

/** Unwraps what the other side says, however it is cut. */
export class RecordReader {
  #buffer = new Uint8Array(256);
  #start = 0;
  #end = 0;
  #sequence = 0;

  /** Bytes that are in no record given out yet. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes, which are copied. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next record, or undefined while it is not complete.
   * @throws TlsFailure if what came is no record, or not the one that was sent
   */
  next(): TlsRecord | undefined {
    const length = this.#length();
    if (length === undefined || this.size < HEADER_BYTES + length) return undefined;
    const type = this.#buffer[this.#start] as number;
    const from = this.#start + HEADER_BYTES;
    const payload = this.#buffer.slice(from, from + length - TAG_BYTES).map((byte) => byte ^ MASK);
    const tag = new DataView(this.#buffer.buffer).getUint32(from + payload.length);
    this.#start = from + length;
    if (tag !== tagOf(this.#sequence++, type, payload)) {
      throw failure("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC");
    }
    return { type, payload };
  }

  /** Bytes behind the header, if it is there. Each byte of it is judged as soon as it is. */
  #length(): number | undefined {
    const [type, major, minor] = this.#buffer.subarray(this.#start, this.#end);
    const known = type === undefined || (type >= ALERT && type <= DATA);
    const version = (byte: number | undefined): boolean => (byte ?? VERSION_BYTE) === VERSION_BYTE;
    if (!known || !version(major) || !version(minor)) throw failure("ERR_SSL_WRONG_VERSION_NUMBER");
    if (this.size < HEADER_BYTES) return undefined;
    const length = new DataView(this.#buffer.buffer).getUint16(this.#start + 3);
    if (length > PAYLOAD_BYTES_MAX + TAG_BYTES) throw failure("ERR_SSL_PACKET_LENGTH_TOO_LONG");
    if (length < TAG_BYTES) throw failure("ERR_SSL_DECODE_ERROR");
    return length;
  }

  #makeRoom(count: number): void {
    const rest = this.#buffer.subarray(this.#start, this.#end);
    const needed = rest.length + count;
    const small = needed * 2 > this.#buffer.length;
    const buffer = small ? new Uint8Array(needed * 2) : this.#buffer;
    buffer.set(rest);
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = rest.length;
  }
}

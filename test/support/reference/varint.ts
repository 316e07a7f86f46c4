/**
 * Varint: `offset` bytes, then an unsigned LEB128 length (seven bits a byte, the lowest first, the
 * high bit set on all but the last), then so many bytes. Only the shortest form of a number below
 * 2^64 is well formed.
 */
import { checkLimit, concat, type Framer, limitOf, type Varint } from "./framing.ts";

const BYTES_MAX = 10;

/** Reads a varint in its shortest form. */
function read(bytes: Uint8Array): { value: bigint; size: number } | "more" | "malformed" {
  let value = 0n;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value += BigInt(byte & 127) << BigInt(7 * at);
    if (value >= 1n << 64n) return "malformed";
    if (byte < 128) return byte === 0 && at > 0 ? "malformed" : { value, size: at + 1 };
    if (at + 1 === BYTES_MAX) return "malformed";
  }
  return "more";
}

function write(length: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = length; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push(128 + (left % 128));
  }
}

/** Bytes of the varint that stands at the front, of whatever value and form. */
function sizeOfAny(bytes: Uint8Array): number {
  const last = bytes.subarray(0, BYTES_MAX).findIndex((byte) => byte < 128);
  if (last < 0) throw new RangeError("no complete varint where the framing expects one");
  return last + 1;
}

export const varint: Framer<Varint> = {
  take(received, framing) {
    const { offset = 0, strip = offset === 0 } = framing;
    const number = read(received.subarray(offset));
    if (typeof number === "string") return number;
    const header = offset + number.size;
    const frame = BigInt(header) + number.value;
    const kept = strip ? header : 0;
    if (frame - BigInt(kept) > BigInt(limitOf(framing))) return "tooLong";
    if (BigInt(received.length) < frame) return "more";
    return { used: Number(frame), message: received.slice(kept, Number(frame)) };
  },

  encode(payload, framing) {
    const { offset = 0, strip = offset === 0 } = framing;
    checkLimit(payload.length, framing);
    if (strip) return concat(new Uint8Array(offset), write(payload.length), payload);
    const rest = payload.subarray(offset + sizeOfAny(payload.subarray(offset)));
    const wire = concat(payload.subarray(0, offset), write(rest.length), rest);
    checkLimit(wire.length, framing);
    return wire;
  },
};

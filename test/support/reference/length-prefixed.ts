/**
 * Length-prefixed: `offset` bytes, the length field L, and the rest; offset + bytes + L + adjust in
 * all, of which the first `strip` are not delivered. Lengths are BigInts, so that eight bytes fit.
 */
import { checkLimit, type Framer, type LengthPrefixed, limitOf } from "./framing.ts";

/** Defaults filled in: without an offset the header is stripped, with one it is kept. */
function shapeOf(framing: LengthPrefixed): Required<LengthPrefixed> {
  const { bytes, endian = "big", offset = 0, adjust = 0 } = framing;
  const strip = framing.strip ?? (offset === 0 ? bytes : 0);
  const maxMessageBytes = limitOf(framing);
  return { type: "lengthPrefixed", bytes, endian, offset, adjust, strip, maxMessageBytes };
}

function readField(field: Uint8Array, endian: string): bigint {
  const digits = endian === "big" ? [...field] : [...field].reverse();
  return digits.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

function writeField(value: bigint, bytes: number, endian: string): Uint8Array {
  const little = Array.from({ length: bytes }, (_, at) => Number((value >> BigInt(8 * at)) & 255n));
  return Uint8Array.from(endian === "big" ? little.reverse() : little);
}

export const lengthPrefixed: Framer<LengthPrefixed> = {
  take(received, framing) {
    const { bytes, endian, offset, adjust, strip, maxMessageBytes } = shapeOf(framing);
    const header = offset + bytes;
    if (received.length < header) return "more";
    const rest = readField(received.subarray(offset, header), endian) + BigInt(adjust);
    const frame = BigInt(header) + rest;
    if (rest < 0n || frame < BigInt(strip)) return "malformed";
    if (frame - BigInt(strip) > BigInt(maxMessageBytes)) return "tooLong";
    if (BigInt(received.length) < frame) return "more";
    return { used: Number(frame), message: received.slice(strip, Number(frame)) };
  },

  encode(payload, framing) {
    const { bytes, endian, offset, adjust, strip } = shapeOf(framing);
    checkLimit(payload.length, framing);
    const frame = payload.length + strip;
    const rest = frame - offset - bytes;
    if (rest < 0) throw new RangeError(`${payload.length} bytes do not hold the header`);
    const length = BigInt(rest - adjust);
    if (length < 0n || length >= 1n << BigInt(8 * bytes)) {
      throw new RangeError(`the length ${length} does not go into ${bytes} bytes`);
    }
    const wire = new Uint8Array(frame);
    wire.set(payload, strip);
    wire.set(writeField(length, bytes, endian), offset);
    return wire;
  },
};

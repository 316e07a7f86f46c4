/**
 * Delimited: a message ends where, reading byte by byte, the first delimiter completes that lies
 * wholly inside it; of several that complete at the same byte the longest counts.
 *
 * Encoding asks decoding: a payload is sendable if the wire brings exactly it and nothing else.
 */
import {
  checkLimit,
  concat,
  type Delimited,
  type Framer,
  latin1,
  limitOf,
  type Verdict,
} from "./framing.ts";

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const from = bytes.length - end.length;
  return from >= 0 && end.every((byte, at) => bytes[from + at] === byte);
}

function take(received: Uint8Array, framing: Delimited): Verdict {
  const { keep = false } = framing;
  const max = limitOf(framing);
  const delimiters = framing.delimiters.map(latin1).sort((a, b) => b.length - a.length);
  const longest = delimiters[0]?.length ?? 0;
  for (let used = 1; used <= received.length; used++) {
    const frame = received.subarray(0, used);
    const found = delimiters.find((delimiter) => endsWith(frame, delimiter));
    if (found !== undefined) {
      const message = frame.slice(0, keep ? used : used - found.length);
      return message.length > max ? "tooLong" : { used, message };
    }
    if (used > (keep ? max : max + longest - 1)) return "tooLong";
  }
  return "more";
}

function brings(wire: Uint8Array, payload: Uint8Array, framing: Delimited): boolean {
  const taken = take(wire, framing);
  if (typeof taken === "string" || taken.used !== wire.length) return false;
  return Buffer.compare(taken.message ?? payload, payload) === 0;
}

export const delimited: Framer<Delimited> = {
  take,

  encode(payload, framing) {
    checkLimit(payload.length, framing);
    const [first = ""] = framing.delimiters;
    const wire = framing.keep === true ? payload : concat(payload, latin1(first));
    if (!brings(wire, payload, framing)) {
      throw new RangeError("the payload and its delimiter are not one message");
    }
    return wire;
  },
};

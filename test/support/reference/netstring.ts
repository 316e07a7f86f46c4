/** Netstrings (D. J. Bernstein, 1997): the length in decimal, a colon, the bytes, a comma. */
import { checkLimit, concat, type Framer, latin1, limitOf, type Netstring } from "./framing.ts";

const DIGITS_MAX = 10;

export const netstring: Framer<Netstring> = {
  take(received, framing) {
    const text = String.fromCharCode(...received.subarray(0, DIGITS_MAX + 1));
    const [digits = ""] = text.match(/^[0-9]*/) ?? [];
    if (digits.length > DIGITS_MAX || /^0[0-9]/.test(digits)) return "malformed";
    if (text === digits) return "more";
    if (digits === "" || text[digits.length] !== ":") return "malformed";
    if (Number(digits) > limitOf(framing)) return "tooLong";
    const begin = digits.length + 1;
    const end = begin + Number(digits);
    if (received.length <= end) return "more";
    if (received[end] !== ",".charCodeAt(0)) return "malformed";
    return { used: end + 1, message: received.slice(begin, end) };
  },

  encode(payload, framing) {
    checkLimit(payload.length, framing);
    return concat(latin1(`${payload.length}:`), payload, latin1(","));
  },
};

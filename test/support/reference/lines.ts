/**
 * Lines: delimited by `eol` and nothing else, so a bare LF is content where lines end with CR LF.
 * With `lastLine` the peer's FIN ends a last line that nothing else has ended, unless it is empty.
 */
import { delimited } from "./delimited.ts";
import { type Delimited, type Framer, type Lines, limitOf } from "./framing.ts";

function asDelimited({ eol = "\r\n", keep = false, ...rest }: Lines): Delimited {
  return { type: "delimited", delimiters: [eol], keep, maxMessageBytes: limitOf(rest) };
}

export const lines: Framer<Lines> = {
  take: (bytes, framing) => delimited.take(bytes, asDelimited(framing)),
  encode: (payload, framing) => delimited.encode(payload, asDelimited(framing)),

  end(bytes, framing) {
    if (framing.lastLine !== true) return "incomplete";
    if (bytes.length > limitOf(framing)) return "tooLong";
    return { used: bytes.length, message: bytes };
  },
};

/**
 * Content-Length, as in the Language Server and Debug Adapter protocols: header lines, an empty
 * line, and a body as long as the one header that counts says. Only the body is delivered.
 */
import { type ContentLength, checkLimit, concat, type Framer, latin1, limitOf } from "./framing.ts";

const HEADER_BYTES_MAX = 4096;

export const contentLength: Framer<ContentLength> = {
  take(received, framing) {
    const text = Buffer.from(received.subarray(0, HEADER_BYTES_MAX)).toString("latin1");
    let length: bigint | null = null;
    for (let begin = 0; ; ) {
      const end = text.indexOf("\r\n", begin);
      if (end < 0) return received.length < HEADER_BYTES_MAX ? "more" : "malformed";
      const line = text.slice(begin, end);
      begin = end + 2;
      if (line === "") {
        if (length === null) return "malformed";
        if (length > BigInt(limitOf(framing))) return "tooLong";
        const used = begin + Number(length);
        return received.length < used ? "more" : { used, message: received.slice(begin, used) };
      }
      const [, name = "", value = ""] = line.match(/^([^:]+):(.*)$/s) ?? [];
      if (name === "") return "malformed";
      if (name.toLowerCase() !== "content-length") continue;
      const [, digits = ""] = value.match(/^[ \t]*([0-9]+)[ \t]*$/) ?? [];
      if (digits === "" || length !== null) return "malformed";
      length = BigInt(digits);
    }
  },

  encode(payload, framing) {
    checkLimit(payload.length, framing);
    return concat(latin1(`Content-Length: ${payload.length}\r\n\r\n`), payload);
  },
};

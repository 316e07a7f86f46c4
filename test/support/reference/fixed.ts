/** Fixed size: every `size` bytes are a message, and nothing else ever is. */
import type { Fixed, Framer } from "./framing.ts";

export const fixed: Framer<Fixed> = {
  take(bytes, { size }) {
    if (bytes.length < size) return "more";
    return { used: size, message: bytes.slice(0, size) };
  },

  encode(payload, { size }) {
    if (payload.length !== size) throw new RangeError(`${payload.length} bytes instead of ${size}`);
    return payload;
  },
};

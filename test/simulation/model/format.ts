/**
 * What the model needs to know of a framing: where the first message ends, and how one is encoded.
 *
 * Stateless on purpose: all bytes that are not delivered are looked at anew, so it cannot matter how
 * they came or which framing was set before.
 */

/** What the bytes begin with. */
export type Found =
  /** A message; `size` bytes of input were it. Without `message` they are to be ignored. */
  | { readonly kind: "message"; readonly message: Uint8Array | null; readonly size: number }
  /** A rule is broken. Unless `sure`, when that is found out is left to the decoder, until the FIN. */
  | { readonly kind: "fault"; readonly sure: boolean }
  /** Nothing yet. With `fine` a FIN may come here. */
  | { readonly kind: "more"; readonly fine: boolean };

export interface Format {
  /** @param ended whether nothing can follow these bytes */
  first(bytes: Uint8Array, ended: boolean): Found;
  /** What goes out for a payload, or null if that is no message (RangeError). */
  encode(payload: Uint8Array): Uint8Array | null;
}

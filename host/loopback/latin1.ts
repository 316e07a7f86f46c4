/**
 * Bytes as text of one char each, both ways.
 *
 * Written out because TextDecoder's "latin1" is windows-1252, which changes 27 of the 256 bytes.
 * Invariant: decode(encode(text)) is text, for any text without a char above U+00FF.
 */

/** Arguments one call takes safely in every JavaScript engine. */
const CHARS_MAX = 8192;

export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARS_MAX) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHARS_MAX));
  }
  return text;
}

/** Fills `into`, which is as long as the text. */
export function encodeLatin1(text: string, into: Uint8Array): void {
  for (let at = 0; at < into.length; at++) into[at] = text.charCodeAt(at);
}

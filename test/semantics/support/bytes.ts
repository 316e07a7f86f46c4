/** Bytes that show at a glance when one is missing, doubled or out of place. */

/** `count` bytes of a pattern whose period (251) divides no power of two; `from` shifts it. */
export function pattern(count: number, from = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, i) => ((i + from) * 7 + 3) % 251);
}

/** The bytes of a binary string. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The binary string of bytes. */
export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Where two byte sequences first differ, for a message that stays readable at 65536 bytes. */
export function difference(came: Uint8Array, expected: Uint8Array): string | null {
  const at = came.findIndex((byte, i) => byte !== expected[i]);
  if (at >= 0) return `byte ${at} of ${came.length} is ${came[at]}, not ${expected[at]}`;
  return came.length === expected.length ? null : `${came.length} bytes, not ${expected.length}`;
}

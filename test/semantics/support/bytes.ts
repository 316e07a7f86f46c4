/** Bytes that show at a glance when one is missing, doubled or out of place. */

const PERIOD = 251;

/** `count` bytes of a pattern whose period divides no power of two; `from` shifts it. */
export function pattern(count: number, from = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < Math.min(count, PERIOD); i++) bytes[i] = ((i + from) * 7 + 3) % PERIOD;
  // Doubled, not computed: tests that fill a kernel's buffers need many MiB.
  for (let done = PERIOD; done < count; done *= 2) bytes.copyWithin(done, 0, done);
  return bytes;
}

/** The bytes of a binary string. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "latin1"));
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
  if (Buffer.compare(came, expected) === 0) return null; // many times faster than to look
  const at = came.findIndex((byte, i) => byte !== expected[i]);
  if (at >= 0) return `byte ${at} of ${came.length} is ${came[at]}, not ${expected[at]}`;
  return `${came.length} bytes, not ${expected.length}`;
}

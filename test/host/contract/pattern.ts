/** Bytes whose order can be told: no two nearby stretches of them are alike. */
export function pattern(length: number, salt = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  let mixed = salt + 1;
  for (let at = 0; at < length; at++) {
    mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = mixed >>> 24;
  }
  return bytes;
}

/** Whether two byte arrays are alike; far cheaper than `toEqual` for long ones. */
export function alike(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

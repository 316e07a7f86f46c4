/**
 * Makes the baseline core of the one with SIMD, where that cannot be compiled: the two differ in a
 * tenth of their bytes, and the package need not carry, nor Node read, both.
 */

/** The bytes that the steps of a patch make of `from`; scripts/build-core-bytes.mjs writes them. */
export function patched(from: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  const made: number[] = [];
  for (let at = 0; at < patch.length; ) {
    const [place, copied, fresh] = [0, 2, 4].map((offset) => word(patch, at + offset));
    made.push(...from.subarray(place, (place as number) + (copied as number)));
    at += 6;
    made.push(...patch.subarray(at, at + (fresh as number)));
    at += fresh as number;
  }
  return Uint8Array.from(made);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

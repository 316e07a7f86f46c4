/**
 * The search for a byte: 64 at a time where the build has SIMD, else 8.
 *
 * Both builds find the same; which one this is, the compiler decides (ASC_FEATURE_SIMD).
 */

const ONES: u64 = <u64>-1 / 255;
const HIGHS: u64 = ONES << 7;

/** Bytes that `hitsAt` looks at. */
export const HIT_BYTES: usize = ASC_FEATURE_SIMD ? 64 : 8;
/** Bits for each of them, as a shift. */
export const HIT_SHIFT: u64 = ASC_FEATURE_SIMD ? 0 : 3;

/** A bit, the lowest or highest of its bits, for each of the HIT_BYTES bytes that is `byte`. */
export function hitsAt(at: usize, byte: u32): u64 {
  if (ASC_FEATURE_SIMD) {
    const pattern = i8x16.splat(<i8>byte);
    const a: u64 = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), pattern));
    const b: u64 = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), pattern));
    const c: u64 = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 32), pattern));
    const d: u64 = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 48), pattern));
    return a | (b << 16) | (c << 32) | (d << 48);
  }
  const difference = load<u64>(at) ^ (ONES * <u64>byte);
  return ~(((difference & ~HIGHS) + ~HIGHS) | difference | ~HIGHS);
}

/** The first place in `[from, end)` where `byte` stands, or `end`. */
export function findByte(from: usize, end: usize, byte: u32): usize {
  let at = from;
  if (ASC_FEATURE_SIMD) {
    while (at + HIT_BYTES <= end) {
      const hits = hitsAt(at, byte);
      if (hits !== 0) return at + <usize>ctz<u64>(hits);
      at += HIT_BYTES;
    }
  }
  const pattern = ONES * <u64>byte;
  while (at + 8 <= end) {
    const difference = load<u64>(at) ^ pattern;
    const hits = (difference - ONES) & ~difference & HIGHS;
    if (hits !== 0) return at + <usize>(ctz<u64>(hits) >> 3);
    at += 8;
  }
  while (at < end && <u32>load<u8>(at) !== byte) at++;
  return at;
}

/** The search for a byte, eight at a time. */

const ONES: u64 = <u64>-1 / 255;
const HIGHS: u64 = ONES << 7;

/** The first place in `[from, end)` where `byte` stands, or `end`. */
export function findByte(from: usize, end: usize, byte: u32): usize {
  const pattern = ONES * <u64>byte;
  let at = from;
  while (at + 8 <= end) {
    const difference = load<u64>(at) ^ pattern;
    const hits = (difference - ONES) & ~difference & HIGHS;
    if (hits !== 0) return at + <usize>(ctz<u64>(hits) >> 3);
    at += 8;
  }
  while (at < end && <u32>load<u8>(at) !== byte) at++;
  return at;
}

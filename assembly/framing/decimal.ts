/** Numbers in decimal digits. */

export function decimalDigits(value: u32): u32 {
  let digits: u32 = 1;
  for (let rest = value / 10; rest !== 0; rest /= 10) digits++;
  return digits;
}

/** Writes `value` at `at`; returns how many digits. */
export function writeDecimal(at: usize, value: u32): u32 {
  const digits = decimalDigits(value);
  let rest = value;
  for (let i = digits; i !== 0; i--) {
    store<u8>(at + i - 1, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return digits;
}

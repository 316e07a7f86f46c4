/** Netstrings: decimal length, a colon, the bytes, a comma. */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_TOO_LONG } from "../reasons.ts";
import { Socket } from "../socket.ts";
import { RULE_NETSTRING_COMMA, RULE_NETSTRING_LENGTH } from "./abi.ts";
import { decimalDigits, writeDecimal } from "./decimal.ts";
import { found, notYet, violates } from "./message.ts";

const DIGITS_MAX: u32 = 10;
const ZERO: u32 = 0x30;
const COLON: u32 = 0x3a;
const COMMA: u32 = 0x2c;

export function nextNetstring(socket: Socket, at: usize, end: usize): usize {
  const there = <u32>(end - at);
  let length: u64 = 0;
  let digits: u32 = 0;
  while (true) {
    if (digits >= there) return notYet(digits + 1);
    const byte: u32 = load<u8>(at + digits);
    if (byte === COLON && digits !== 0) break;
    const leadingZero = digits === 1 && length === 0;
    if (byte - ZERO > 9 || digits === DIGITS_MAX || leadingZero) {
      return violates(REASON_MESSAGE_MALFORMED, RULE_NETSTRING_LENGTH);
    }
    length = length * 10 + (byte - ZERO);
    digits++;
  }
  if (length > <u64>socket.messageMax) return violates(REASON_MESSAGE_TOO_LONG, length);
  const header = digits + 1;
  const frame = header + <u32>length + 1;
  if (there < frame) return notYet(frame);
  if (<u32>load<u8>(at + frame - 1) !== COMMA) {
    return violates(REASON_MESSAGE_MALFORMED, RULE_NETSTRING_COMMA);
  }
  return found(at + header, <u32>length, at + frame);
}

/** Bytes in front of a payload. */
export function netstringHeaderBytes(length: u32): u32 {
  return decimalDigits(length) + 1;
}

export function beginNetstring(length: u32, out: usize): u32 {
  const digits = writeDecimal(out, length);
  store<u8>(out + digits, <u8>COLON);
  return digits + 1;
}

export function endNetstring(out: usize): u32 {
  store<u8>(out, <u8>COMMA);
  return 1;
}

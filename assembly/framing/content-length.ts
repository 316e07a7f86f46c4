/**
 * Header lines up to an empty one, then as many bytes as `Content-Length` says, as in LSP and DAP.
 *
 * The header section is parsed again when the body is there: nothing but its end is remembered.
 */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_TOO_LONG } from "../reasons.ts";
import { Socket } from "../socket.ts";
import {
  HEADER_BYTES_MAX,
  RULE_HEADER_MISSING,
  RULE_HEADER_TOO_LONG,
  RULE_HEADER_TWICE,
  RULE_HEADER_VALUE,
} from "./abi.ts";
import { decimalDigits, writeDecimal } from "./decimal.ts";
import { findDelimiter } from "./delimiters.ts";
import { findByte } from "./find-byte.ts";
import { found, notYet, violates } from "./message.ts";

const NAME_BYTES: u32 = 14;
const EMPTY_LINE_BYTES: u32 = 4;
const TOO_LONG: u64 = 1 << 53;
const COLON: u32 = 0x3a;

// "content-length" and "Content-Length: "
const NAME: usize = memory.data<u8>([
  0x63, 0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x2d, 0x6c, 0x65, 0x6e, 0x67, 0x74, 0x68,
]);
const PREFIX: usize = memory.data<u8>([
  0x43, 0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x2d, 0x4c, 0x65, 0x6e, 0x67, 0x74, 0x68, 0x3a, 0x20,
]);
const PREFIX_BYTES: u32 = 16;

let length: u64 = 0;
let lengths: u32 = 0;

export function nextContentLength(socket: Socket, at: usize, end: usize, searched: u32): usize {
  const there = <u32>(end - at);
  if (there < 2) return notYet(2);
  if (load<u16>(at, 0, 1) === 0x0a0d)
    return violates(REASON_MESSAGE_MALFORMED, RULE_HEADER_MISSING);
  const till = there > <u32>HEADER_BYTES_MAX ? at + HEADER_BYTES_MAX : end;
  const body = findDelimiter(socket.delimiters, at, at + searched, till);
  if (body === 0) {
    if (there >= <u32>HEADER_BYTES_MAX) {
      return violates(REASON_MESSAGE_MALFORMED, RULE_HEADER_TOO_LONG);
    }
    return notYet(0);
  }
  const broken = parseHeader(at, body - EMPTY_LINE_BYTES + 2);
  if (broken !== 0) return violates(REASON_MESSAGE_MALFORMED, broken);
  if (length > <u64>socket.messageMax) return violates(REASON_MESSAGE_TOO_LONG, length);
  const frame = <u32>(body - at) + <u32>length;
  if (there < frame) return notYet(frame);
  return found(body, <u32>length, at + frame);
}

/** Reads the lines in `[from, end)`, each ended by CRLF; returns the rule they break, or 0. */
function parseHeader(from: usize, end: usize): i32 {
  length = 0;
  lengths = 0;
  let at = from;
  while (at < end) {
    let stop = findByte(at, end, 0x0a);
    while (stop < end && (stop === at || <u32>load<u8>(stop - 1) !== 0x0d)) {
      stop = findByte(stop + 1, end, 0x0a);
    }
    const broken = parseLine(at, stop - 1);
    if (broken !== 0) return broken;
    at = stop + 1;
  }
  if (lengths === 0) return RULE_HEADER_MISSING;
  return lengths > 1 ? RULE_HEADER_TWICE : 0;
}

function parseLine(from: usize, end: usize): i32 {
  const colon = findByte(from, end, COLON);
  if (colon >= end || colon === from) return RULE_HEADER_MISSING;
  if (<u32>(colon - from) !== NAME_BYTES || !isName(from)) return 0;
  lengths++;
  let at = colon + 1;
  let last = end;
  while (at < last && isBlank(load<u8>(at))) at++;
  while (last > at && isBlank(load<u8>(last - 1))) last--;
  if (at === last) return RULE_HEADER_VALUE;
  length = 0;
  for (; at < last; at++) {
    const digit: u32 = <u32>load<u8>(at) - 0x30;
    if (digit > 9) return RULE_HEADER_VALUE;
    if (length < TOO_LONG) length = length * 10 + digit; // no limit is as high
  }
  return 0;
}

function isName(at: usize): bool {
  for (let i: u32 = 0; i < NAME_BYTES; i++) {
    let byte: u32 = load<u8>(at + i);
    if (byte - 0x41 < 26) byte += 32;
    if (byte !== <u32>load<u8>(NAME + i)) return false;
  }
  return true;
}

function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09;
}

/** Bytes in front of a payload. */
export function contentLengthHeaderBytes(bytes: u32): u32 {
  return PREFIX_BYTES + decimalDigits(bytes) + EMPTY_LINE_BYTES;
}

export function beginContentLength(bytes: u32, out: usize): u32 {
  memory.copy(out, PREFIX, PREFIX_BYTES);
  const digits = writeDecimal(out + PREFIX_BYTES, bytes);
  store<u32>(out + PREFIX_BYTES + digits, 0x0a0d0a0d, 0, 1);
  return PREFIX_BYTES + digits + EMPTY_LINE_BYTES;
}

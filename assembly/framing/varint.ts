/**
 * A varint (unsigned LEB128) in front of each message, or behind `offset` bytes of its header.
 *
 *   | offset | varint | bytes it announces |
 */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_TOO_LONG } from "../reasons.ts";
import { Socket } from "../socket.ts";
import {
  E_MESSAGE_HEADER,
  E_MESSAGE_SIZE,
  RULE_VARINT_OVERLONG,
  RULE_VARINT_TOO_WIDE,
} from "./abi.ts";
import { found, notYet, violates } from "./message.ts";

/** A varint of 64 bits takes no more. */
export const VARINT_BYTES_MAX: u32 = 10;

export function nextVarint(socket: Socket, at: usize, end: usize): usize {
  const offset = socket.framingOffset;
  const there = <u32>(end - at);
  let value: u64 = 0;
  let size: u32 = 0;
  while (true) {
    if (there <= offset + size) return notYet(offset + size + 1);
    const byte: u64 = load<u8>(at + offset + size);
    if (size === VARINT_BYTES_MAX - 1 && byte > 1) {
      return violates(REASON_MESSAGE_MALFORMED, RULE_VARINT_TOO_WIDE);
    }
    const shift: u64 = size * 7;
    value |= (byte & 127) << shift;
    size++;
    if (byte >= 128) continue;
    if (byte === 0 && size > 1) return violates(REASON_MESSAGE_MALFORMED, RULE_VARINT_OVERLONG);
    break;
  }
  const header = offset + size;
  const strip = socket.framingStrip !== 0 ? header : 0;
  const delivered = value + header - strip;
  if (value > 0x7fffffff || delivered > <u64>socket.messageMax) {
    return violates(REASON_MESSAGE_TOO_LONG, value > 0x7fffffff ? value : delivered);
  }
  const frame = header + <u32>value;
  if (there < frame) return notYet(frame);
  return found(at + strip, frame - strip, at + frame);
}

/** Bytes of `value` as a varint. */
export function varintBytes(value: u32): u32 {
  let size: u32 = 1;
  for (let rest = value >> 7; rest !== 0; rest >>= 7) size++;
  return size;
}

function writeVarint(at: usize, value: u32): usize {
  let rest = value;
  while (rest >= 128) {
    store<u8>(at++, <u8>(rest | 128));
    rest >>= 7;
  }
  store<u8>(at++, <u8>rest);
  return at;
}

/** The header in front of a payload without one: zeros for the offset, and the varint. */
export function beginVarint(socket: Socket, length: u32, out: usize): u32 {
  if (socket.framingStrip === 0) return 0;
  memory.fill(out, 0, socket.framingOffset);
  return <u32>(writeVarint(out + socket.framingOffset, length) - out);
}

/**
 * The first piece of a payload that brings its header, of `length` bytes in all: the varint in it is
 * replaced. `out` may lie before `from`, VARINT_BYTES_MAX bytes at least. E_MESSAGE_HEADER if it has
 * none, E_MESSAGE_SIZE if the message is too long with the true one.
 */
export function fillVarint(socket: Socket, length: u32, from: usize, count: u32, out: usize): i32 {
  const offset = socket.framingOffset;
  let size: u32 = 0;
  while (true) {
    if (size === VARINT_BYTES_MAX || offset + size >= count) return E_MESSAGE_HEADER;
    const byte: u32 = load<u8>(from + offset + size++);
    if (byte < 128) break;
  }
  const rest = length - offset - size;
  if (offset + varintBytes(rest) + rest > socket.messageMax) return E_MESSAGE_SIZE;
  const body = from + offset + size;
  memory.copy(out, from, offset);
  const to = writeVarint(out + offset, rest);
  memory.copy(to, body, count - offset - size);
  return <i32>(to - out) + <i32>(count - offset - size);
}

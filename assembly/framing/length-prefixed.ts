/**
 * A length field of 1, 2, 3, 4 or 8 bytes in front of each message, or in its header.
 *
 *   | offset | length field | ............ |      length + adjust = bytes behind the length field
 *   | strip ....... | what is delivered    |
 */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_TOO_LONG } from "../reasons.ts";
import { Socket } from "../socket.ts";
import {
  E_MESSAGE_HEADER,
  E_MESSAGE_WIDTH,
  FRAMING_FLAG_LITTLE_ENDIAN,
  RULE_LENGTH_TOO_SMALL,
} from "./abi.ts";
import { found, notYet, violates } from "./message.ts";

export function nextLengthPrefixed(socket: Socket, at: usize, end: usize): usize {
  const width: u32 = socket.framingWidth;
  const header = socket.framingOffset + width;
  const there = <u32>(end - at);
  if (there < header) return notYet(header);
  const length = readLength(socket, at + socket.framingOffset, width);
  if (length > 0x7fffffff) return violates(REASON_MESSAGE_TOO_LONG, length);
  const behind = <i64>length + socket.framingAdjust;
  const strip = socket.framingStrip;
  const frame = <i64>header + behind;
  if (behind < 0 || frame < <i64>strip) {
    return violates(REASON_MESSAGE_MALFORMED, RULE_LENGTH_TOO_SMALL);
  }
  const size = frame - strip;
  if (size > <i64>socket.messageMax) return violates(REASON_MESSAGE_TOO_LONG, size);
  if (<i64>there < frame) return notYet(<u32>frame);
  return found(at + strip, <u32>size, at + <usize>frame);
}

function readLength(socket: Socket, at: usize, width: u32): u64 {
  const little = (socket.framingFlags & <u8>FRAMING_FLAG_LITTLE_ENDIAN) !== 0;
  if (width === 4) {
    const word = load<u32>(at, 0, 1);
    return little ? word : bswap<u32>(word);
  }
  if (width === 2) {
    const half = load<u16>(at, 0, 1);
    return little ? half : bswap<u16>(half);
  }
  let value: u64 = 0;
  for (let i: u32 = 0; i < width; i++) {
    const byte: u64 = load<u8>(at + (little ? width - 1 - i : i));
    value = (value << 8) | byte;
  }
  return value;
}

/** Why a payload of `length` cannot be sent, or 0. */
export function checkLengthPrefixed(socket: Socket, length: u32): i32 {
  const width: u32 = socket.framingWidth;
  const header = socket.framingOffset + width;
  const strip = socket.framingStrip;
  if (length + strip < header) return E_MESSAGE_HEADER;
  const value = announced(socket, length);
  if (value < 0 || (width < 8 && value >> (width << 3) !== 0)) return E_MESSAGE_WIDTH;
  return 0;
}

function announced(socket: Socket, length: u32): i64 {
  const frame = <i64>length + socket.framingStrip;
  return frame - socket.framingOffset - <u32>socket.framingWidth - socket.framingAdjust;
}

/** Writes the stripped part of the frame at `out`: zeros, and what of the length field lies in it. */
export function beginLengthPrefixed(socket: Socket, length: u32, out: usize): u32 {
  const strip = socket.framingStrip;
  memory.fill(out, 0, strip);
  writeLength(socket, announced(socket, length), out, 0, strip);
  return strip;
}

/** What of the length field the payload brings is overwritten; `out` is where the payload begins. */
export function fillLengthPrefixed(socket: Socket, length: u32, out: usize): void {
  const header = socket.framingOffset + <u32>socket.framingWidth;
  const strip = socket.framingStrip;
  if (header <= strip) return;
  writeLength(socket, announced(socket, length), out - strip, strip, header);
}

/** Writes those bytes of the field that lie in `[from, to)` of the frame beginning at `frame`. */
function writeLength(socket: Socket, value: i64, frame: usize, from: u32, to: u32): void {
  const width: u32 = socket.framingWidth;
  const offset = socket.framingOffset;
  const little = (socket.framingFlags & <u8>FRAMING_FLAG_LITTLE_ENDIAN) !== 0;
  for (let i: u32 = 0; i < width; i++) {
    const place = offset + i;
    if (place < from || place >= to) continue;
    const shift = (little ? i : width - 1 - i) << 3;
    store<u8>(frame + place, <u8>(value >> <i64>shift));
  }
}

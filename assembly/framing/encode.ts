/**
 * Making one frame of one payload: what goes in front, the payload in one or more pieces, what
 * goes behind. The inverse of decode: the app passes what decode would deliver.
 *
 * Pieces may be encoded in place: what is written never overtakes what is still to be read, if the
 * payload lies at `payloadOffset` of room for `frameBytesMax`. One payload at a time is under way.
 */

import { Socket } from "../socket.ts";
import {
  E_MESSAGE_EMPTY,
  E_MESSAGE_HEADER,
  E_MESSAGE_SIZE,
  FRAMING_COBS,
  FRAMING_CONTENT_LENGTH,
  FRAMING_DELIMITED,
  FRAMING_FIXED,
  FRAMING_FLAG_KEEP,
  FRAMING_LENGTH_PREFIXED,
  FRAMING_NETSTRING,
  FRAMING_NONE,
  FRAMING_SLIP,
  FRAMING_VARINT,
} from "./abi.ts";
import { beginCobs, cobsBytesMax, encodeCobs, endCobs } from "./cobs.ts";
import { beginContentLength, contentLengthHeaderBytes } from "./content-length.ts";
import { beginDelimited, checkDelimited, endDelimited } from "./delimited.ts";
import { firstDelimiter } from "./delimiters.ts";
import { checkFixed } from "./fixed.ts";
import { beginLengthPrefixed, checkLengthPrefixed, fillLengthPrefixed } from "./length-prefixed.ts";
import { beginNetstring, endNetstring, netstringHeaderBytes } from "./netstring.ts";
import { encodeSlip, endSlip } from "./slip.ts";
import { beginVarint, fillVarint, VARINT_BYTES_MAX, varintBytes } from "./varint.ts";

/** Why a payload of `length` bytes is no message, or 0; more may be found in the payload itself. */
export function checkMessage(socket: Socket, length: u64): i32 {
  const kind: u32 = socket.framing;
  if (kind === <u32>FRAMING_NONE) return 0;
  if (length > <u64>socket.messageMax) return E_MESSAGE_SIZE;
  if (kind === <u32>FRAMING_FIXED) return checkFixed(socket, <u32>length);
  if (kind === <u32>FRAMING_LENGTH_PREFIXED) return checkLengthPrefixed(socket, <u32>length);
  return kind === <u32>FRAMING_SLIP && length === 0 ? E_MESSAGE_EMPTY : 0;
}

/** The most bytes the frame of a payload may take. */
export function frameBytesMax(socket: Socket, length: u32): u32 {
  return payloadOffset(socket, length) + length + trailerBytes(socket);
}

/** Where in such room the payload lies: behind its header, or so far that encoding cannot catch up. */
export function payloadOffset(socket: Socket, length: u32): u32 {
  switch (<u32>socket.framing) {
    case FRAMING_LENGTH_PREFIXED:
      return socket.framingStrip;
    case FRAMING_VARINT:
      return socket.framingStrip === 0
        ? VARINT_BYTES_MAX
        : socket.framingOffset + varintBytes(length);
    case FRAMING_NETSTRING:
      return netstringHeaderBytes(length);
    case FRAMING_CONTENT_LENGTH:
      return contentLengthHeaderBytes(length);
    case FRAMING_SLIP:
      return length;
    case FRAMING_COBS:
      return cobsBytesMax(length) - length;
    default:
      return 0;
  }
}

function trailerBytes(socket: Socket): u32 {
  switch (<u32>socket.framing) {
    case FRAMING_DELIMITED:
      return keeps(socket) ? 0 : load<u32>(firstDelimiter(socket.delimiters));
    case FRAMING_NETSTRING:
    case FRAMING_SLIP:
    case FRAMING_COBS:
      return 1;
    default:
      return 0;
  }
}

function keeps(socket: Socket): bool {
  return (socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0;
}

/** Whether the payload's own bytes are looked at or changed. */
export function encodesPayload(socket: Socket): bool {
  switch (<u32>socket.framing) {
    case FRAMING_DELIMITED:
    case FRAMING_SLIP:
    case FRAMING_COBS:
      return true;
    case FRAMING_VARINT:
      return socket.framingStrip === 0;
    case FRAMING_LENGTH_PREFIXED:
      return socket.framingOffset + <u32>socket.framingWidth > socket.framingStrip;
    default:
      return false;
  }
}

let frameLength: u32 = 0;
let passed: u32 = 0;

/** Writes what goes in front of a payload of `length` bytes; returns how much that is. */
export function beginFrame(socket: Socket, length: u32, out: usize): u32 {
  frameLength = length;
  passed = 0;
  beginCobs();
  beginDelimited();
  switch (<u32>socket.framing) {
    case FRAMING_LENGTH_PREFIXED:
      return beginLengthPrefixed(socket, length, out);
    case FRAMING_VARINT:
      return beginVarint(socket, length, out);
    case FRAMING_NETSTRING:
      return beginNetstring(length, out);
    case FRAMING_CONTENT_LENGTH:
      return beginContentLength(length, out);
    default:
      return 0;
  }
}

/**
 * The next piece of the payload, with `carried` bytes of the one before in front of it; the first
 * holds all of the payload's header. Returns the bytes written at `out`, or why it is no message.
 */
export function encodePiece(
  socket: Socket,
  from: usize,
  count: u32,
  carried: u32,
  out: usize,
): i32 {
  const kind: u32 = socket.framing;
  const first = passed === 0;
  passed += count;
  if (kind === <u32>FRAMING_SLIP) return encodeSlip(from, count, out);
  if (kind === <u32>FRAMING_COBS) return encodeCobs(from, count, out);
  if (kind === <u32>FRAMING_VARINT && first && socket.framingStrip === 0) {
    return fillVarint(socket, frameLength, from, count, out);
  }
  if (kind === <u32>FRAMING_DELIMITED) {
    const refusal = checkDelimited(socket, from, count, carried);
    if (refusal !== 0) return refusal;
  }
  if (out !== from) memory.copy(out, from, count);
  if (kind === <u32>FRAMING_LENGTH_PREFIXED && first) fillLengthPrefixed(socket, frameLength, out);
  return count;
}

/**
 * Writes what goes behind the payload, whose last `carried` bytes lie at `tail` with room behind them.
 * Returns how much that is, or why the payload is no message.
 */
export function endFrame(socket: Socket, out: usize, tail: usize, carried: u32): i32 {
  switch (<u32>socket.framing) {
    case FRAMING_DELIMITED:
      return endDelimited(socket, out, carried, tail);
    case FRAMING_VARINT:
      return passed === 0 && socket.framingStrip === 0 ? E_MESSAGE_HEADER : 0;
    case FRAMING_NETSTRING:
      return endNetstring(out);
    case FRAMING_SLIP:
      return endSlip(out);
    case FRAMING_COBS:
      return endCobs(out);
    default:
      return 0;
  }
}

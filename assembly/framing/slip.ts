/** SLIP (RFC 1055): messages end with END; END and ESC inside are escaped. Empty ones are ignored. */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_UNTERMINATED } from "../reasons.ts";
import { Socket } from "../socket.ts";
import { RULE_SLIP_ESCAPE } from "./abi.ts";
import { roomBeside } from "./batch.ts";
import { findByte } from "./find-byte.ts";
import { found, ignored, NEXT_BATCH, notYet, violates } from "./message.ts";

const END: u32 = 0xc0;
const ESC: u32 = 0xdb;
const ESC_END: u32 = 0xdc;
const ESC_ESC: u32 = 0xdd;

/** The most bytes that, without END, may still become a message. */
export function slipUnterminatedMax(socket: Socket): u32 {
  return socket.messageMax << 1;
}

export function nextSlip(socket: Socket, at: usize, end: usize, searched: u32): usize {
  const limit = slipUnterminatedMax(socket) + 1;
  const till = <u32>(end - at) > limit ? at + limit : end;
  const stop = findByte(at + searched, till, END);
  if (stop === till) {
    if (<u32>(end - at) >= limit) return violates(REASON_MESSAGE_UNTERMINATED, 0);
    return notYet(0);
  }
  if (stop === at) return ignored(at + 1);
  const out = roomBeside(at, <u32>(stop - at));
  return out === 0 ? NEXT_BATCH : withoutEscapes(socket, at, stop, out);
}

function withoutEscapes(socket: Socket, from: usize, stop: usize, out: usize): usize {
  let to = out;
  let at = from;
  while (at < stop) {
    let byte: u32 = load<u8>(at++);
    if (byte === ESC) {
      const code: u32 = at < stop ? load<u8>(at++) : 0;
      if (code === ESC_END) byte = END;
      else if (code !== ESC_ESC) return violates(REASON_MESSAGE_MALFORMED, RULE_SLIP_ESCAPE);
    }
    store<u8>(to++, <u8>byte);
  }
  const size = <u32>(to - out);
  if (size > socket.messageMax) return violates(REASON_MESSAGE_UNTERMINATED, 0);
  return found(out, size, stop + 1);
}

/** Escapes `count` bytes; `out` may lie before `from`, `count` bytes at least. */
export function encodeSlip(from: usize, count: u32, out: usize): u32 {
  let to = out;
  for (let at = from; at < from + count; at++) {
    const byte: u32 = load<u8>(at);
    if (byte === END || byte === ESC) {
      store<u8>(to++, <u8>ESC);
      store<u8>(to++, <u8>(byte === END ? ESC_END : ESC_ESC));
    } else {
      store<u8>(to++, <u8>byte);
    }
  }
  return <u32>(to - out);
}

export function endSlip(out: usize): u32 {
  store<u8>(out, <u8>END);
  return 1;
}

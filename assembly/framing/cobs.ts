/**
 * COBS: messages without zero bytes, each ended by one. A code byte says how many bytes follow until
 * the next zero of the message, which it stands for; 255 is 254 bytes and no zero.
 */
import { REASON_MESSAGE_MALFORMED, REASON_MESSAGE_UNTERMINATED } from "../reasons.ts";
import { Socket } from "../socket.ts";
import { RULE_COBS_CODE } from "./abi.ts";
import { roomBeside } from "./batch.ts";
import { findByte } from "./find-byte.ts";
import { found, NEXT_BATCH, notYet, violates } from "./message.ts";

const RUN_MAX: u32 = 254;

/** The most bytes an encoded message of `length` bytes takes, without its end. */
export function cobsBytesMax(length: u32): u32 {
  return length + length / RUN_MAX + 1;
}

export function nextCobs(socket: Socket, at: usize, end: usize, searched: u32): usize {
  const limit = cobsBytesMax(socket.messageMax) + 1;
  const till = <u32>(end - at) > limit ? at + limit : end;
  const stop = findByte(at + searched, till, 0);
  if (stop === till) {
    if (<u32>(end - at) >= limit) return violates(REASON_MESSAGE_UNTERMINATED, 0);
    return notYet(0);
  }
  if (stop === at) return violates(REASON_MESSAGE_MALFORMED, RULE_COBS_CODE);
  const out = roomBeside(at, <u32>(stop - at));
  return out === 0 ? NEXT_BATCH : unstuff(socket, at, stop, out);
}

function unstuff(socket: Socket, from: usize, stop: usize, out: usize): usize {
  let to = out;
  let at = from;
  while (at < stop) {
    const code: u32 = load<u8>(at++);
    const run = code - 1;
    if (<u32>(stop - at) < run) return violates(REASON_MESSAGE_MALFORMED, RULE_COBS_CODE);
    memory.copy(to, at, run);
    to += run;
    at += run;
    if (run < RUN_MAX && at < stop) store<u8>(to++, 0);
  }
  const size = <u32>(to - out);
  if (size > socket.messageMax) return violates(REASON_MESSAGE_UNTERMINATED, 0);
  return found(out, size, stop + 1);
}

/** The run that is not complete yet: how many bytes of it wait in `pending`. */
let waiting: u32 = 0;
/** The last thing written was a full run, which the message may end with. */
let full: bool = false;
const pending: usize = memory.data(256, 16);

export function beginCobs(): void {
  memory.fill(pending, 0, waiting);
  waiting = 0;
  full = false;
}

/** Stuffs `count` bytes; `out` may lie before `from`, count / 254 + 1 bytes at least. */
export function encodeCobs(from: usize, count: u32, out: usize): u32 {
  let to = out;
  for (let at = from; at < from + count; at++) {
    const byte = load<u8>(at);
    if (byte === 0) {
      to = writeRun(to);
      full = false;
      continue;
    }
    store<u8>(pending + waiting++, byte);
    if (waiting === RUN_MAX) {
      to = writeRun(to);
      full = true;
    }
  }
  return <u32>(to - out);
}

function writeRun(out: usize): usize {
  store<u8>(out, <u8>(waiting + 1));
  memory.copy(out + 1, pending, waiting);
  const end = out + 1 + waiting;
  memory.fill(pending, 0, waiting);
  waiting = 0;
  return end;
}

export function endCobs(out: usize): u32 {
  const to = full && waiting === 0 ? out : writeRun(out);
  store<u8>(to, 0);
  return <u32>(to - out) + 1;
}

/**
 * Messages that end with a delimiter: lines, and everything like them.
 *
 * Invariant: what `searched` covers is not searched again, so input byte by byte costs no more.
 */
import { REASON_MESSAGE_UNTERMINATED } from "../reasons.ts";
import { Socket } from "../socket.ts";
import { E_MESSAGE_DELIMITER, FRAMING_FLAG_KEEP } from "./abi.ts";
import { findDelimiter, firstDelimiter, longestDelimiter, matchedDelimiter } from "./delimiters.ts";
import { found, notYet, violates } from "./message.ts";

/** `searched` bytes at the beginning are known to have no delimiter. */
export function nextDelimited(socket: Socket, at: usize, end: usize, searched: u32): usize {
  const set = socket.delimiters;
  const max = socket.messageMax;
  const limit = unterminatedMax(socket) + 1; // the byte at which it is certainly too long
  const till = <u32>(end - at) > limit ? at + limit : end;
  const after = findDelimiter(set, at, at + searched, till);
  if (after === 0) {
    if (<u32>(end - at) >= limit) return violates(REASON_MESSAGE_UNTERMINATED, 0);
    return notYet(0);
  }
  const keep = (socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0;
  const size = <u32>(after - at) - (keep ? 0 : matchedDelimiter());
  if (size > max) return violates(REASON_MESSAGE_UNTERMINATED, 0);
  return found(at, size, after);
}

/** The most bytes that, without a delimiter in them, may still become a message. */
export function unterminatedMax(socket: Socket): u32 {
  const keep = (socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0;
  return socket.messageMax + (keep ? 0 : longestDelimiter(socket.delimiters) - 1);
}

/** A payload that is being checked, piece by piece: whether a delimiter has completed. */
let completed: bool = false;

export function beginDelimited(): void {
  completed = false;
}

/**
 * A piece of the payload, with `carried` bytes of the one before in front of it. A delimiter may
 * complete at the very end of the payload only, where messages keep theirs.
 */
export function checkDelimited(socket: Socket, from: usize, count: u32, carried: u32): i32 {
  if (count === 0) return 0;
  if (completed) return E_MESSAGE_DELIMITER;
  const end = from + count;
  const after = findDelimiter(socket.delimiters, from - carried, from, end);
  if (after === 0) return 0;
  completed = true;
  const keep = (socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0;
  return keep && after === end ? 0 : E_MESSAGE_DELIMITER;
}

/**
 * Appends the delimiter at `out`, behind the last `carried` bytes of the payload. Returns its bytes,
 * or E_MESSAGE_DELIMITER if the two together would not be this one message.
 */
export function endDelimited(socket: Socket, out: usize, carried: u32, tail: usize): i32 {
  if ((socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0) {
    return completed ? 0 : E_MESSAGE_DELIMITER;
  }
  const first = firstDelimiter(socket.delimiters);
  const length = load<u32>(first);
  memory.copy(tail + carried, first + 4, length);
  const end = tail + carried + length;
  const after = findDelimiter(socket.delimiters, tail, tail + carried, end);
  if (after !== end || matchedDelimiter() !== length) return E_MESSAGE_DELIMITER;
  memory.copy(out, first + 4, length);
  return length;
}

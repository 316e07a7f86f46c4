/**
 * Cutting received bytes into messages: the loop over a socket's framing, and what it remembers.
 *
 * It announces what is complete as one record, at most a batch, and returns where that ends. It never
 * keeps, moves or frees the bytes of the stream. Of a message that is not complete it notes how much
 * more it needs, or how far it was searched, so that bytes coming one by one are looked at once.
 */
import { EVENT_DATA, EVENT_MESSAGES } from "../abi.ts";
import { failWith } from "../failure.ts";
import { record, recordMore } from "../ring.ts";
import { Socket } from "../socket.ts";
import {
  FRAMING_COBS,
  FRAMING_DELIMITED,
  FRAMING_FIXED,
  FRAMING_LENGTH_PREFIXED,
  FRAMING_NETSTRING,
  FRAMING_NONE,
  FRAMING_SLIP,
  FRAMING_VARINT,
  HEADER_BYTES_MAX,
} from "./abi.ts";
import {
  addMessage,
  baseAddress,
  batchCount,
  batchMax,
  beginBatch,
  messageEnd,
  spanBytes,
  tableAddress,
} from "./batch.ts";
import { cobsBytesMax, nextCobs } from "./cobs.ts";
import { nextContentLength } from "./content-length.ts";
import { nextDelimited, unterminatedMax } from "./delimited.ts";
import { findDelimiter, longestDelimiter } from "./delimiters.ts";
import { nextFixed } from "./fixed.ts";
import { nextLengthPrefixed } from "./length-prefixed.ts";
import {
  IGNORED,
  messageAddress,
  messageSize,
  NEXT_BATCH,
  NOT_YET,
  neededBytes,
  VIOLATION,
  violation,
  violationDetail,
} from "./message.ts";
import { nextNetstring } from "./netstring.ts";
import { run } from "./runs.ts";
import { nextSlip, slipUnterminatedMax } from "./slip.ts";
import { nextVarint } from "./varint.ts";

/** Announces the messages that begin at `from`; returns where the last of them ends. */
export function decode(socket: Socket, from: usize, end: usize): usize {
  if (socket.framing === <u8>FRAMING_NONE) {
    record(EVENT_DATA, socket, <u32>from, <u32>(end - from));
    return end;
  }
  beginBatch(from);
  const most = socket.batchMax !== 0 ? min(socket.batchMax, batchMax()) : batchMax();
  const kind: u32 = socket.framing;
  let at = run(socket, from, end, most, socket.searched);
  let searched = at === from ? socket.searched : 0;
  let next = NEXT_BATCH;
  while (batchCount() < most) {
    next = nextMessage(socket, kind, at, end, searched);
    if (next <= NEXT_BATCH) break;
    searched = 0;
    at = next;
    if (messageSize() !== IGNORED) addMessage(messageAddress(), messageSize(), next);
  }
  if (batchCount() === 0) {
    remember(socket, next, <u32>(end - at));
    if (next === VIOLATION) failWith(socket, violation(), violationDetail());
    return at;
  }
  const last = messageEnd(batchCount() - 1);
  if (last === at) remember(socket, next, <u32>(end - at));
  else forgetProgress(socket); // what is ignored behind the last message is not taken with it
  announce(socket);
  return last;
}

function nextMessage(socket: Socket, kind: u32, at: usize, end: usize, searched: u32): usize {
  switch (kind) {
    case FRAMING_FIXED:
      return nextFixed(socket, at, end);
    case FRAMING_LENGTH_PREFIXED:
      return nextLengthPrefixed(socket, at, end);
    case FRAMING_VARINT:
      return nextVarint(socket, at, end);
    case FRAMING_DELIMITED:
      return nextDelimited(socket, at, end, searched);
    case FRAMING_NETSTRING:
      return nextNetstring(socket, at, end);
    case FRAMING_SLIP:
      return nextSlip(socket, at, end, searched);
    case FRAMING_COBS:
      return nextCobs(socket, at, end, searched);
    default:
      return nextContentLength(socket, at, end, searched);
  }
}

function remember(socket: Socket, result: usize, rest: u32): void {
  const partial = result === NOT_YET && rest !== 0;
  socket.needed = partial ? neededBytes() : 0;
  socket.searched = partial && neededBytes() === 0 ? rest : 0;
}

/** Announces `[from, end)` as one message, whatever the framing. */
export function announceRest(socket: Socket, from: usize, end: usize): void {
  beginBatch(from);
  addMessage(from, <u32>(end - from), end);
  forgetProgress(socket);
  announce(socket);
}

function announce(socket: Socket): void {
  record(EVENT_MESSAGES, socket, tableAddress(), batchCount());
  recordMore(baseAddress(), spanBytes());
}

/** What is to come is nothing that was searched already. */
export function forgetProgress(socket: Socket): void {
  socket.needed = 0;
  socket.searched = 0;
}

/**
 * Whether the bytes `[start, end)` may complete the message that what is held begins, or show that it
 * cannot become one. If not they are just held. `carried` bytes of what is held lie in front.
 */
export function mayComplete(socket: Socket, start: usize, end: usize, carried: u32): bool {
  const total = socket.held + <u32>(end - start);
  if (socket.needed !== 0) return total >= socket.needed;
  if (socket.delimiters === 0 || socket.searched < socket.held) return true;
  if (total > unendedMax(socket)) return true;
  return findDelimiter(socket.delimiters, start - carried, start, end) !== 0;
}

/** Whether a message that begins at `from` ends before `end`, or cannot become one. Changes nothing. */
export function beginsWhole(socket: Socket, from: usize, end: usize): bool {
  const kind: u32 = socket.framing;
  const rewrites = kind === <u32>FRAMING_SLIP || kind === <u32>FRAMING_COBS;
  if (rewrites) return findDelimiter(socket.delimiters, from, from, end) !== 0;
  return nextMessage(socket, kind, from, end, 0) !== NOT_YET;
}

/** How many held bytes a delimiter that is not complete may reach back into. */
export function carriedBytes(socket: Socket): u32 {
  if (socket.delimiters === 0 || socket.needed !== 0) return 0;
  return min(socket.held, longestDelimiter(socket.delimiters) - 1);
}

function unendedMax(socket: Socket): u32 {
  switch (<u32>socket.framing) {
    case FRAMING_DELIMITED:
      return unterminatedMax(socket);
    case FRAMING_SLIP:
      return slipUnterminatedMax(socket);
    case FRAMING_COBS:
      return cobsBytesMax(socket.messageMax);
    default:
      return HEADER_BYTES_MAX - 1;
  }
}

/** The bytes were searched and are held. */
export function noteSearched(socket: Socket): void {
  if (socket.needed === 0) socket.searched = socket.held;
}

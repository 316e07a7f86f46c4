/**
 * What is being delivered: a stretch of one socket's bytes, in the window or in a block of its own.
 *
 *   cursor          announced          end
 *     [ being handled  | not yet looked at )
 *
 * The framing decodes in place; the bytes stay put until the records that name them are handled,
 * that is, until the next `poll`. The app may stop after any message: then delivery goes on
 * behind that one, and for apps that stop often batches get small.
 *
 * Invariant: while it has an owner, cursor <= announced <= end, and all lie in the window with its
 * headroom, or in the lent block. A lent block is in no chain; what is left of it goes back there. Bytes
 * that the host has lie nowhere: they are announced all at once, so none is ever left.
 */
import { CONTROL_INTERRUPTED, E_ARG, E_STATE, EVENT_DATA, PHASE_CLOSING } from "./abi.ts";
import { setControl } from "./control.ts";
import { failWith } from "./failure.ts";
import { FRAMING_NONE } from "./framing/abi.ts";
import { batchCount, batchMax, messageEnd, wipeBeside } from "./framing/batch.ts";
import {
  announceRest,
  beginsWhole,
  carriedBytes,
  decode,
  forgetProgress,
  mayComplete,
  noteSearched,
} from "./framing/decode.ts";
import { copyTail, hold, lendBlock, returnBlock, takeHeld } from "./held.ts";
import { Block, bytesOf } from "./pool.ts";
import { REASON_BATCH_UNSETTLED, REASON_MESSAGE_UNTERMINATED } from "./reasons.ts";
import { record } from "./ring.ts";
import { DROPPED, FAIL_PENDING, HELD_PENDING, Socket, UNCLAIMED, UPGRADING } from "./socket.ts";
import { refusePlaintext } from "./upgrade.ts";
import { headroomBytes, stain, windowBytes, windowStart } from "./window.ts";

/** Where bytes lie that the host has: nowhere in engine memory. */
const EXTERNAL: usize = 0;

let owner: usize = 0;
let cursor: usize = 0;
let announced: usize = 0;
let end: usize = 0;
/** The block it lies in, or 0 for the window. */
let lent: usize = 0;
let messages: u32 = 0;
/** Nobody took what was announced last. */
let ignored: bool = false;
/** The app has said how much of the last batch it took, ... */
let settled: bool = false;
/** ... and that was not all. */
let shortened: bool = false;

export function initDelivery(): void {
  owner = 0;
  lent = 0;
}

export function delivering(): bool {
  return owner !== 0;
}

/** Whether what is being handled is this socket's. */
export function delivers(socket: Socket): bool {
  return owner === changetype<usize>(socket);
}

/** The first `count` bytes of the window are this socket's, to be delivered behind what it holds. */
export function deliverReceived(socket: Socket, count: u32): void {
  if (socket.held !== 0 && !completesMessage(socket, count)) {
    hold(socket, windowStart(), count);
    noteSearched(socket);
    return;
  }
  lendWindow(socket, count);
}

/** Whether the first `count` bytes of the window end a message, or show that there is none. */
export function completesMessage(socket: Socket, count: u32): bool {
  const start = windowStart();
  if (socket.held === 0) return beginsWhole(socket, start, start + count);
  const carried = carriedBytes(socket);
  copyTail(socket, start, carried);
  return mayComplete(socket, start, start + count, carried);
}

/**
 * `count` bytes that are not in engine memory are this socket's: they are announced as they are, at
 * the next poll, whatever is asked for until then. Their place is address 0.
 */
export function deliverExternal(socket: Socket, count: u32): void {
  begin(socket, EXTERNAL, EXTERNAL + count);
}

/** What the socket holds is to be delivered. */
export function deliverHeld(socket: Socket): void {
  lent = lendBlock(socket);
  if (lent === 0) {
    lendWindow(socket, 0);
    return;
  }
  const block = changetype<Block>(lent);
  begin(socket, bytesOf(block) + block.begin, bytesOf(block) + block.end);
}

/** What is held, and `count` bytes of the window behind it. */
function lendWindow(socket: Socket, count: u32): void {
  assert(socket.held <= headroomBytes() + windowBytes() && count <= windowBytes());
  const start = windowStart();
  const from = start - socket.held;
  stain(socket, count);
  if (socket.held !== 0) takeHeld(socket, start);
  begin(socket, from, start + count);
}

function begin(socket: Socket, from: usize, to: usize): void {
  assert(owner === 0);
  owner = changetype<usize>(socket);
  cursor = from;
  announced = from;
  end = to;
  messages = 0;
  ignored = false;
}

/**
 * Goes on: what was announced has been handled, so the next messages are decoded and announced. False
 * when nothing is left to announce, and the owner none any more.
 */
export function deliverNext(): bool {
  const socket = changetype<Socket>(owner);
  growBatch(socket);
  if (announced !== cursor) noteTaken(socket);
  cursor = announced;
  if (socket.security === UPGRADING) judgeUpgrade(socket);
  messages = 0;
  settled = false;
  ignored = false;
  setControl(CONTROL_INTERRUPTED, 0);
  while (socket.phase < <u8>PHASE_CLOSING && cursor !== end) {
    if ((socket.flags & FAIL_PENDING) !== 0) break;
    if (cursor === EXTERNAL) return announceExternal(socket);
    if (socket.suspended !== 0 || (socket.flags & UNCLAIMED) !== 0) {
      socket.flags |= HELD_PENDING;
      break;
    }
    announced = decode(socket, cursor, end);
    if (socket.framing === <u8>FRAMING_NONE) return true;
    messages = batchCount();
    if (messages !== 0) return true;
    if (announced === cursor) break; // the beginning of a message, or of nonsense
    cursor = announced;
  }
  leave(socket);
  return false;
}

function announceExternal(socket: Socket): bool {
  announced = end;
  record(EVENT_DATA, socket, <u32>EXTERNAL, <u32>(end - EXTERNAL));
  return true;
}

/** Whether what was announced found somebody; what nobody took an upgrade must not pass over. */
function noteTaken(socket: Socket): void {
  if (ignored) socket.flags |= DROPPED;
  else socket.flags &= ~DROPPED;
}

/**
 * The handler asked for TLS. What is left behind what it took came in plaintext; and of a batch it has
 * taken all only if it said so, for it may have believed no more than the first message.
 */
function judgeUpgrade(socket: Socket): void {
  if (messages > 1 && !settled) failWith(socket, REASON_BATCH_UNSETTLED, messages);
  else refusePlaintext(socket, <u32>(end - cursor));
}

/** What is left goes back to what the socket holds. */
function leave(socket: Socket): void {
  wipeBeside();
  const wanted = socket.phase < <u8>PHASE_CLOSING && (socket.flags & FAIL_PENDING) === 0;
  const rest = wanted ? <u32>(end - cursor) : 0;
  if (lent !== 0) returnBlock(socket, changetype<Block>(lent), rest);
  else if (rest !== 0) hold(socket, cursor, rest);
  lent = 0;
  owner = 0;
}

/** The peer's FIN is the end of the last message: what the socket holds is announced as it is. */
export function deliverLast(socket: Socket): bool {
  if (socket.held > socket.messageMax) {
    failWith(socket, REASON_MESSAGE_UNTERMINATED, 0);
    return false;
  }
  lendWindow(socket, 0);
  announceRest(socket, cursor, end);
  announced = end;
  messages = 1;
  return true;
}

/**
 * The app has handled the first `count` messages of the batch; what follows is decoded again. 0: nobody
 * takes data at present, all that was announced is dropped.
 */
export function deliveredMessages(socket: Socket, count: i32): i32 {
  if (owner !== changetype<usize>(socket)) return E_STATE;
  if (count === 0) {
    ignored = true;
    return 0;
  }
  if (messages === 0) return E_STATE;
  if (count < 0 || <u32>count > messages) return E_ARG;
  announced = messageEnd(count - 1);
  settled = true;
  if (<u32>count === messages) return 0;
  forgetProgress(socket);
  socket.batchMax = count;
  shortened = true;
  return 0;
}

/** Batches that were handled whole may get larger again. */
function growBatch(socket: Socket): void {
  if (!shortened && messages !== 0 && socket.batchMax !== 0) {
    const grown = socket.batchMax << 1;
    socket.batchMax = grown < batchMax() ? grown : 0;
  }
  shortened = false;
}

/** The app did something that the rest of the batch, if this socket's is being handled, waits for. */
export function interrupt(socket: Socket): void {
  if (owner === changetype<usize>(socket)) setControl(CONTROL_INTERRUPTED, 1);
}

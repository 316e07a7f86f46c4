/**
 * One turn of the engine: what `poll` says next, socket by socket.
 *
 * A socket first gets its orders, which depend on facts alone and may be given at any time; then
 * at most one event, after which `poll` returns: the handler sees exactly the state its event
 * announces, and what follows is decided afresh afterwards. Order of events (M45-M49, M84): error,
 * open, connect, secure, data, drain, end, close.
 */
import {
  EVENT_CLOSE,
  EVENT_CONNECT,
  EVENT_DRAIN,
  EVENT_END,
  EVENT_ERROR,
  EVENT_OPEN,
  EVENT_SECURE,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_ENDING,
  PHASE_SENDING,
  STEP_CONNECTED,
  STEP_END,
  STEP_FAILED,
  STEP_FLUSHED,
  STEP_HALF_CLOSE,
  STEP_HALF_END,
} from "./abi.ts";
import { deliverHeld, delivering, deliverLast, deliverNext } from "./delivery.ts";
import { defer, nextDirty, touch, undefer } from "./dirty.ts";
import { fail, failWith } from "./failure.ts";
import { FRAMING_FLAG_LAST_LINE } from "./framing/abi.ts";
import { leaveHandshake } from "./handshakes.ts";
import { releaseHeld } from "./held.ts";
import { giveOrders, isUnannounced } from "./orders.ts";
import { step } from "./ready-state.ts";
import { REASON_INTERRUPTED, REASON_MESSAGE_INCOMPLETE } from "./reasons.ts";
import { clearRing, record, recordMore, recordsUsed, ringHasRoom } from "./ring.ts";
import { purgeSends } from "./send-queue.ts";
import {
  ABORTED,
  ALLOW_HALF_OPEN,
  CLOSE_ANNOUNCED,
  CLOSE_PENDING,
  CONNECT_PENDING,
  DESTROY_ORDERED,
  DRAIN_PENDING,
  END_SEEN,
  FAIL_PENDING,
  FINISH_ORDERED,
  GONE,
  HELD_PENDING,
  LOCAL_ENDED,
  OPEN_PENDING,
  PEER_ENDED,
  SECURED_PENDING,
  Socket,
  UNCLAIMED,
  WAITING_FOR_DRAIN,
} from "./socket.ts";
import { wipeWindow } from "./window.ts";

/** All records of before have been handled; returns how many there are now. 0 = nothing to do. */
export function poll(events: bool): i32 {
  clearRing();
  if (delivering()) {
    if (!events) return 0;
    if (deliverNext()) return recordsUsed();
  }
  if (events) undefer();
  while (ringHasRoom()) {
    const next = nextDirty();
    if (next === 0) break;
    const socket = changetype<Socket>(next);
    giveOrders(socket);
    if (socket.phase === 0 || !hasEvent(socket)) continue; // 0: released just now
    if (!events) {
      defer(socket);
      continue;
    }
    touch(socket);
    if (announce(socket)) break;
  }
  return recordsUsed();
}

const ANNOUNCED_FIRST: u32 = FAIL_PENDING | OPEN_PENDING | CONNECT_PENDING | SECURED_PENDING;

function hasEvent(socket: Socket): bool {
  const flags = socket.flags;
  if ((flags & ANNOUNCED_FIRST) !== 0) return true;
  if ((flags & (DRAIN_PENDING | CLOSE_PENDING)) !== 0 || isFlushed(socket)) return true;
  if (socket.suspended !== 0 || socket.phase >= <u8>PHASE_CLOSING) return false;
  if ((flags & HELD_PENDING) !== 0) return (flags & UNCLAIMED) === 0;
  return (flags & (PEER_ENDED | END_SEEN)) === PEER_ENDED && !lastLineWaits(socket);
}

/** The last line is there, and nobody takes it now. */
function lastLineWaits(socket: Socket): bool {
  const lastLine = (socket.framingFlags & <u8>FRAMING_FLAG_LAST_LINE) !== 0;
  return lastLine && socket.held !== 0 && (socket.flags & UNCLAIMED) !== 0;
}

/** Everything is transmitted, and the FIN behind it ordered: `close` may follow (M88). */
function isFlushed(socket: Socket): bool {
  const phase: i32 = socket.phase;
  if (phase !== PHASE_CLOSING && phase !== PHASE_ENDING) return false;
  if (socket.buffered !== 0) return false;
  return (socket.flags & (FINISH_ORDERED | DESTROY_ORDERED | GONE)) !== 0;
}

/** Announces the first event that is due; false if it turned out that none is. */
function announce(socket: Socket): bool {
  const flags = socket.flags;
  if ((flags & FAIL_PENDING) !== 0) return announceError(socket);
  if ((flags & OPEN_PENDING) !== 0) return announceOpen(socket);
  if ((flags & CONNECT_PENDING) !== 0) {
    socket.flags &= ~CONNECT_PENDING;
    record(EVENT_CONNECT, socket, socket.parent);
    return true;
  }
  if ((flags & SECURED_PENDING) !== 0) {
    socket.flags &= ~SECURED_PENDING;
    record(EVENT_SECURE, socket);
    return true;
  }
  const receiving = socket.suspended === 0 && socket.phase < <u8>PHASE_CLOSING;
  const waiting = (flags & HELD_PENDING) !== 0;
  if (receiving && waiting && (flags & UNCLAIMED) === 0) {
    deliverHeld(socket);
    if (deliverNext()) return true;
    if ((socket.flags & FAIL_PENDING) !== 0) return announceError(socket); // not a peer's end, then a FIN
  }
  if ((flags & DRAIN_PENDING) !== 0 && announceDrain(socket)) return true;
  const ended = (socket.flags & (PEER_ENDED | END_SEEN | HELD_PENDING)) === PEER_ENDED;
  if (receiving && ended && !lastLineWaits(socket)) return announceEnd(socket);
  return announceClose(socket);
}

function announceError(socket: Socket): bool {
  const unannounced = isUnannounced(socket); // the app never saw it
  socket.flags &= ~(ANNOUNCED_FIRST | DRAIN_PENDING);
  leaveHandshake(socket);
  step(socket, STEP_FAILED);
  purgeSends(socket);
  releaseHeld(socket);
  socket.flags |= unannounced ? CLOSE_ANNOUNCED : CLOSE_PENDING;
  if (unannounced) return false;
  record(EVENT_ERROR, socket, socket.reason, <u32>socket.detail);
  recordMore(<u32>(socket.detail >> 32), 0);
  return true;
}

function announceOpen(socket: Socket): bool {
  socket.flags &= ~OPEN_PENDING;
  step(socket, STEP_CONNECTED);
  if ((socket.flags & LOCAL_ENDED) !== 0) step(socket, STEP_HALF_CLOSE);
  record(EVENT_OPEN, socket);
  return true;
}

/** Only if a send() returned false since the last one, and it is still drained (M80-M83). */
function announceDrain(socket: Socket): bool {
  socket.flags &= ~DRAIN_PENDING;
  if (socket.buffered > <u64>socket.lowWaterMark) return false;
  if ((socket.flags & ABORTED) !== 0 || socket.phase === <u8>PHASE_CLOSED) return false;
  socket.flags &= ~WAITING_FOR_DRAIN;
  record(EVENT_DRAIN, socket);
  return true;
}

/** The peer's FIN takes effect: behind all data, and not while suspended (M48, M92, M99). */
function announceEnd(socket: Socket): bool {
  if (socket.held !== 0) return endWithin(socket);
  socket.flags |= END_SEEN;
  const half = (socket.flags & ALLOW_HALF_OPEN) !== 0;
  step(socket, half ? STEP_HALF_END : STEP_END);
  const stranded = socket.phase === <u8>PHASE_SENDING && (socket.flags & GONE) !== 0;
  if (stranded) fail(socket, REASON_INTERRUPTED); // open to send, and nothing to send through
  if (half) record(EVENT_END, socket);
  return half;
}

/** The FIN came in the middle of a message: it ends the last line, or the connection was cut. */
function endWithin(socket: Socket): bool {
  if ((socket.framingFlags & <u8>FRAMING_FLAG_LAST_LINE) !== 0) return deliverLast(socket);
  socket.flags |= END_SEEN;
  const known = socket.needed > socket.held;
  failWith(socket, REASON_MESSAGE_INCOMPLETE, known ? socket.needed - socket.held : 0);
  return false;
}

function announceClose(socket: Socket): bool {
  if (isFlushed(socket)) {
    step(socket, STEP_FLUSHED);
    socket.flags |= CLOSE_PENDING;
  }
  if ((socket.flags & CLOSE_PENDING) === 0) return false;
  socket.flags &= ~CLOSE_PENDING;
  socket.flags |= CLOSE_ANNOUNCED;
  wipeWindow(socket);
  record(EVENT_CLOSE, socket, socket.reason === 0 ? 1 : 0);
  return true;
}

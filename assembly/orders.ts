/**
 * The orders a socket's state calls for: to flush, pause, resume, finish, destroy, and its timer.
 *
 * Orders follow from facts alone and need no handler, so they may be given at any time. Each is
 * given once: a flag remembers it. The host has nothing to decide.
 */
import {
  DISCARD_BYTES_MAX,
  ORDER_DESTROY,
  ORDER_FINISH,
  ORDER_FLUSH,
  ORDER_PAUSE,
  ORDER_RESUME,
  ORDER_SECURE,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_CONNECTING,
  PHASE_ENDING,
  RECORD_RELEASED,
  ROLE_ACCEPTED,
  ROLE_LISTENER,
  STEP_CLOSE,
  STEP_FLUSHED,
  STEP_RELEASE,
} from "./abi.ts";
import { discountConnection } from "./connections.ts";
import { orderTimer } from "./deadlines.ts";
import { forgetProgress } from "./framing/decode.ts";
import { forgetFraming } from "./framing/framing.ts";
import { leaveHandshake } from "./handshakes.ts";
import { releaseHeld } from "./held.ts";
import { step } from "./ready-state.ts";
import { record } from "./ring.ts";
import { transmittable } from "./send-queue.ts";
import { forgetPayload } from "./sending.ts";
import {
  ABORTED,
  CLOSE_ANNOUNCED,
  CONNECT_PENDING,
  CONNECTED,
  DESTROY_ORDERED,
  DRAIN_PENDING,
  FAIL_PENDING,
  FINISH_ORDERED,
  FLUSH_ORDERED,
  GONE,
  HELD_PENDING,
  HOST_HOLDS,
  LINGER_OVER,
  LOCAL_ENDED,
  PAUSED,
  PEER_ENDED,
  RESUME_OWED,
  SECURING,
  Socket,
  STARVED,
  UNCLAIMED,
} from "./socket.ts";
import { findSocket, freeSocket } from "./socket-table.ts";
import { leaveStarved } from "./starved.ts";
import { awaitsTls, maySecure } from "./upgrade.ts";
import { wipeWindow } from "./window.ts";

/** Gives all orders that are due, and ends the handle when there is nothing left to do. */
export function giveOrders(socket: Socket): void {
  withdrawUnwanted(socket);
  if ((socket.flags & (GONE | DESTROY_ORDERED)) === 0) orderTransport(socket);
  if ((socket.flags & GONE) === 0) orderTimer(socket);
  else if ((socket.flags & CLOSE_ANNOUNCED) !== 0) release(socket);
}

/** A connection accepted but not yet announced when its listener closed is dropped (M122). */
function withdrawUnwanted(socket: Socket): void {
  if (!isUnannounced(socket)) return;
  const listener = findSocket(socket.parent);
  if (listener !== 0 && changetype<Socket>(listener).phase < <u8>PHASE_CLOSING) return;
  socket.flags &= ~(CONNECT_PENDING | FAIL_PENDING | CONNECTED);
  socket.flags |= ABORTED | CLOSE_ANNOUNCED;
  step(socket, STEP_CLOSE);
  step(socket, STEP_FLUSHED);
}

/** It is accepted, and its listener's owner does not know yet. */
export function isUnannounced(socket: Socket): bool {
  if ((socket.flags & CONNECT_PENDING) !== 0) return true;
  return socket.role === <u8>ROLE_ACCEPTED && socket.phase === <u8>PHASE_CONNECTING;
}

function orderTransport(socket: Socket): void {
  orderFlush(socket);
  if (mayFinish(socket)) {
    socket.flags |= FINISH_ORDERED;
    record(ORDER_FINISH, socket);
  }
  if (mayDestroy(socket)) {
    socket.flags |= DESTROY_ORDERED;
    record(ORDER_DESTROY, socket);
    return;
  }
  const pause = wantsPause(socket);
  const owed = !pause && (socket.flags & RESUME_OWED) !== 0;
  if (owed || pause !== ((socket.flags & PAUSED) !== 0)) {
    record(pause ? ORDER_PAUSE : ORDER_RESUME, socket);
  }
  socket.flags &= ~(PAUSED | RESUME_OWED);
  if (pause) socket.flags |= PAUSED;
  if (maySecure(socket)) orderSecure(socket);
}

function orderFlush(socket: Socket): void {
  if (socket.inFlight !== 0 || transmittable(socket) === 0) return;
  if ((socket.flags & FLUSH_ORDERED) !== 0) return;
  socket.flags |= FLUSH_ORDERED;
  record(ORDER_FLUSH, socket);
}

/** Nothing of what came in plaintext is left in memory, or remembered. */
function orderSecure(socket: Socket): void {
  socket.security = SECURING;
  forgetProgress(socket);
  wipeWindow(socket);
  record(ORDER_SECURE, socket);
}

/**
 * In front of a handshake nothing is read that may be its beginning.
 * Closing sockets read on, to discard, or unread input would turn their FIN into a reset.
 */
function wantsPause(socket: Socket): bool {
  if (awaitsTls(socket) && (socket.flags & ABORTED) === 0) return true;
  if (socket.phase >= <u8>PHASE_CLOSING) return false;
  if ((socket.flags & STARVED) !== 0) return true;
  if (socket.suspended !== 0 || (socket.flags & (CONNECT_PENDING | HELD_PENDING)) !== 0)
    return true;
  return (socket.flags & (HOST_HOLDS | UNCLAIMED)) === (HOST_HOLDS | UNCLAIMED);
}

/** Our FIN is due when it is owed and nothing is left in front of it. */
function mayFinish(socket: Socket): bool {
  const phase: i32 = socket.phase;
  if ((socket.flags & (CONNECTED | FINISH_ORDERED)) !== CONNECTED) return false;
  if (socket.role === <u8>ROLE_LISTENER || socket.buffered !== 0) return false;
  if (awaitsTls(socket)) return (socket.flags & ABORTED) !== 0 && socket.security !== SECURING;
  if (phase === PHASE_CLOSING) return true;
  if (phase === PHASE_ENDING)
    return (socket.flags & (DRAIN_PENDING | LOCAL_ENDED)) !== DRAIN_PENDING;
  return phase < PHASE_CLOSING && phase !== PHASE_CONNECTING && (socket.flags & LOCAL_ENDED) !== 0;
}

/** Failed or never connected: at once. Else after our FIN and the peer's, or what replaces it. */
function mayDestroy(socket: Socket): bool {
  if (socket.phase < <u8>PHASE_CLOSING) return false;
  if ((socket.flags & CONNECTED) === 0 || socket.role === <u8>ROLE_LISTENER) return true;
  const broken = socket.security === SECURING && (socket.flags & ABORTED) !== 0;
  if (broken) return true; // there is no FIN in the middle of a handshake
  if (socket.phase !== <u8>PHASE_CLOSED) return false;
  if (socket.reason !== 0 || socket.discarded > <u32>DISCARD_BYTES_MAX) return true;
  return (socket.flags & (PEER_ENDED | LINGER_OVER)) !== 0;
}

/** The transport is gone and the app knows: the handle dies. */
function release(socket: Socket): void {
  releaseHeld(socket);
  forgetPayload(socket);
  forgetFraming(socket);
  leaveStarved(socket);
  leaveHandshake(socket);
  wipeWindow(socket);
  discountConnection(socket);
  record(RECORD_RELEASED, socket);
  step(socket, STEP_RELEASE);
  freeSocket(socket);
}

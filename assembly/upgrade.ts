/**
 * From plaintext to TLS in the middle of a connection (STARTTLS), failing closed.
 *
 *   PLAIN -- upgrade() --> UPGRADING -- all sent before it is transmitted --> SECURING -- verified --> SECURE
 *
 * What was sent before leaves in plaintext, what is sent after only inside TLS (M104). From the call on
 * no input is plaintext that anybody may believe: bytes received and not delivered by then, wherever
 * they wait, or dropped because nobody took them, and any that come before the handshake, fail the
 * connection, and none is delivered (M107). Within a delivery that is judged when the handler has
 * returned (delivery.ts).
 */
import { E_STATE, OPEN, PHASE_CLOSED, ROLE_ACCEPTED, ROLE_LISTENER } from "./abi.ts";
import { touch } from "./dirty.ts";
import { fail, failWith } from "./failure.ts";
import { enterHandshake, leaveHandshake } from "./handshakes.ts";
import { readyStateOf } from "./ready-state.ts";
import { REASON_INTERRUPTED, REASON_PLAINTEXT_LEFT } from "./reasons.ts";
import {
  ABORTED,
  DROPPED,
  GONE,
  HOST_HOLDS,
  LOCAL_ENDED,
  PEER_ENDED,
  PLAIN,
  SECURE,
  SECURED_PENDING,
  SECURING,
  Socket,
  UPGRADING,
} from "./socket.ts";

/** An upgrade has been asked for, and its handshake is not verified. */
export function awaitsTls(socket: Socket): bool {
  return socket.security === UPGRADING || socket.security === SECURING;
}

/** Begins an upgrade; 1 if it is secure or upgrading already, and nothing is done (M102). */
export function beginUpgrade(socket: Socket): i32 {
  if (socket.role === <u8>ROLE_LISTENER || readyStateOf(socket.phase) !== OPEN) return E_STATE;
  if (socket.security !== PLAIN) return 1;
  if ((socket.flags & (LOCAL_ENDED | GONE)) !== 0) return E_STATE;
  socket.security = UPGRADING;
  socket.plain = socket.buffered;
  if (socket.role === <u8>ROLE_ACCEPTED) enterHandshake(socket);
  if ((socket.flags & PEER_ENDED) !== 0) fail(socket, REASON_INTERRUPTED);
  touch(socket);
  return 0;
}

/** Fails the upgrade if `count` bytes, or others, were received in plaintext and not delivered. */
export function refusePlaintext(socket: Socket, count: u32): void {
  const left = socket.held + count;
  if (left === 0 && (socket.flags & (HOST_HOLDS | DROPPED)) === 0) return;
  failWith(socket, REASON_PLAINTEXT_LEFT, left);
}

/** Whether the handshake may begin: everything sent before the upgrade is transmitted. */
export function maySecure(socket: Socket): bool {
  if (socket.security !== UPGRADING || socket.plain !== 0 || socket.inFlight !== 0) return false;
  if (socket.phase >= <u8>PHASE_CLOSED || socket.reason !== 0) return false;
  return (socket.flags & ABORTED) === 0;
}

/** The handshake is verified. */
export function transportSecured(socket: Socket): i32 {
  if (socket.phase === <u8>PHASE_CLOSED || socket.reason !== 0) return 0;
  if ((socket.flags & ABORTED) !== 0) return 0;
  if (socket.security !== SECURING) return E_STATE;
  socket.activity++;
  leaveHandshake(socket);
  socket.security = SECURE;
  socket.flags |= SECURED_PENDING;
  touch(socket);
  return 0;
}

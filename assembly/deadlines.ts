/**
 * Deadlines without a clock: which timer a socket should have now, and what its expiry means.
 *
 * The kinds never overlap, so a socket has one timer, and a new order replaces the old one.
 * Idleness is counted in quarters of the timeout: bytes only raise a counter, and expiry compares
 * it, so an active socket pays nothing per byte and an idle one fails at most a quarter late.
 */
import {
  LINGER_MILLISECONDS,
  ORDER_TIMER,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_CONNECTING,
  PHASE_ENDING,
  PHASE_OPEN,
  ROLE_ACCEPTED,
  ROLE_LISTENER,
  TIMER_CONNECT,
  TIMER_HANDSHAKE,
  TIMER_IDLE,
  TIMER_LINGER,
  TIMER_NONE,
} from "./abi.ts";
import { touch } from "./dirty.ts";
import { fail } from "./failure.ts";
import {
  REASON_CONNECT_TIMEOUT,
  REASON_HANDSHAKE_TIMEOUT,
  REASON_IDLE_TIMEOUT,
} from "./reasons.ts";
import { record } from "./ring.ts";
import {
  ABORTED,
  DESTROY_ORDERED,
  FINISH_ORDERED,
  GONE,
  LINGER_OVER,
  PAUSED,
  RESUMED,
  Socket,
} from "./socket.ts";
import { awaitsTls } from "./upgrade.ts";

const QUARTERS: u32 = 4;

function timerOf(socket: Socket): i32 {
  const phase: i32 = socket.phase;
  if (socket.reason !== 0) return TIMER_NONE; // it has failed
  if (socket.handshakeTimeout !== 0 && isShakingHands(socket)) return TIMER_HANDSHAKE;
  if (phase === PHASE_CONNECTING) return socket.connectTimeout !== 0 ? TIMER_CONNECT : TIMER_NONE;
  if (phase >= PHASE_OPEN && phase <= PHASE_ENDING) {
    const idle = socket.idleTimeout !== 0 && socket.role !== <u8>ROLE_LISTENER; // its sockets' option
    return idle ? TIMER_IDLE : TIMER_NONE;
  }
  const lingering = phase === PHASE_CLOSED && (socket.flags & FINISH_ORDERED) !== 0;
  return lingering && (socket.flags & (DESTROY_ORDERED | GONE | LINGER_OVER)) === 0
    ? TIMER_LINGER
    : TIMER_NONE;
}

/** From what it has to send in front of the handshake to the handshake's end. */
function isShakingHands(socket: Socket): bool {
  const phase: i32 = socket.phase;
  if (phase === PHASE_CONNECTING) return socket.role === <u8>ROLE_ACCEPTED;
  return awaitsTls(socket) && phase <= PHASE_CLOSING && (socket.flags & ABORTED) === 0;
}

function milliseconds(socket: Socket, kind: i32): u32 {
  if (kind === TIMER_HANDSHAKE) return socket.handshakeTimeout;
  if (kind === TIMER_CONNECT) return socket.connectTimeout;
  if (kind === TIMER_IDLE) return (socket.idleTimeout + QUARTERS - 1) / QUARTERS;
  return kind === TIMER_LINGER ? LINGER_MILLISECONDS : 0;
}

/** Orders the timer the socket should have, if that is not the one it has. */
export function orderTimer(socket: Socket): void {
  const kind = timerOf(socket);
  if (kind === <i32>socket.timer) return;
  socket.timer = <u8>kind;
  record(ORDER_TIMER, socket, kind, milliseconds(socket, kind));
}

/** The timer ran out. One that is no longer wanted means nothing. */
export function expire(socket: Socket, kind: i32): void {
  if (kind === TIMER_NONE || kind !== <i32>socket.timer) return;
  socket.timer = <u8>TIMER_NONE;
  if (kind === TIMER_CONNECT) fail(socket, REASON_CONNECT_TIMEOUT);
  else if (kind === TIMER_HANDSHAKE) fail(socket, REASON_HANDSHAKE_TIMEOUT);
  else if (kind === TIMER_LINGER) socket.flags |= LINGER_OVER;
  else countQuarter(socket);
  touch(socket);
}

function countQuarter(socket: Socket): void {
  const paused = (socket.flags & PAUSED) !== 0 && !awaitsTls(socket);
  const held = socket.suspended !== 0 || paused || (socket.flags & RESUMED) !== 0;
  const active = socket.activity !== socket.activitySeen;
  socket.activitySeen = socket.activity;
  socket.flags &= ~RESUMED;
  if (active) socket.quietQuarters = 0;
  else if (!held) socket.quietQuarters++; // else it is us who did not read, for a part of it at least
  if (socket.quietQuarters >= QUARTERS) fail(socket, REASON_IDLE_TIMEOUT);
}

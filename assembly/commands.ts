/**
 * What the app asks of a socket. A command either changes the socket and returns 0 or more, or
 * changes nothing and returns why not. None transmits: transmitting starts at the next `poll`.
 */
import {
  E_ARG,
  E_LIMIT,
  E_STALE,
  E_STATE,
  NO_LIMIT,
  OPEN_BUFFERED_MAX,
  OPEN_CONNECT_TIMEOUT,
  OPEN_CONNECTIONS_MAX,
  OPEN_FLAG_HALF_OPEN,
  OPEN_FLAG_SECURE,
  OPEN_FLAGS,
  OPEN_HANDSHAKE_TIMEOUT,
  OPEN_HIGH_WATER_MARK,
  OPEN_IDLE_TIMEOUT,
  OPEN_LOW_WATER_MARK,
  OPEN_RECEIVE_BYTES_MAX,
  OPEN_WORDS,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_CONNECTING,
  PHASE_ENDING,
  PHASE_OPEN,
  ROLE_ACCEPTED,
  ROLE_CLIENT,
  ROLE_LISTENER,
  STEP_CLOSE,
  STEP_HALF_CLOSE,
} from "./abi.ts";
import { countConnection, isFull, noteRefusal } from "./connections.ts";
import { configWord } from "./control.ts";
import { delivers, interrupt } from "./delivery.ts";
import { touch } from "./dirty.ts";
import { configureFraming, forgetFraming, inheritFraming } from "./framing/framing.ts";
import { enterHandshake, touchHandshakes } from "./handshakes.ts";
import { releaseHeld } from "./held.ts";
import { begin, step } from "./ready-state.ts";
import { purgeSends } from "./send-queue.ts";
import { forgetPayload } from "./sending.ts";
import {
  ABORTED,
  ALLOW_HALF_OPEN,
  CONNECT_PENDING,
  CONNECTED,
  FAIL_PENDING,
  HELD_PENDING,
  LOCAL_ENDED,
  OPEN_PENDING,
  PAUSED,
  RESUMED,
  SECURE,
  Socket,
  UNCLAIMED,
} from "./socket.ts";
import { claimSocket, findSocket } from "./socket-table.ts";
import { feedNext } from "./starved.ts";
import { beginUpgrade, refusePlaintext } from "./upgrade.ts";

const HIGH_WATER_MARK: u32 = 65536;

/** A new socket of `role`; its options are `words` words in the scratch area. */
export function openSocket(role: i32, parent: i32, words: i32): i32 {
  if (role < ROLE_CLIENT || role > ROLE_LISTENER || words < 0 || words > OPEN_WORDS) return E_ARG;
  const listener = role === ROLE_ACCEPTED ? findSocket(parent) : 0;
  if (role === ROLE_ACCEPTED) {
    if (listener === 0) return E_STALE;
    const refusal = refuse(changetype<Socket>(listener));
    if (refusal !== 0) return refusal;
  }
  const record = claimSocket();
  if (record === 0) return role === ROLE_ACCEPTED ? refused(E_LIMIT) : E_LIMIT;
  const socket = changetype<Socket>(record);
  socket.role = <u8>role;
  configure(socket, words);
  if (listener === 0) begin(socket, PHASE_CONNECTING);
  else beginAccepted(socket, changetype<Socket>(listener));
  touch(socket);
  return socket.handle;
}

/** Its connection is up; with TLS its handshake is still to come, and nobody learns of it before. */
function beginAccepted(socket: Socket, listener: Socket): void {
  socket.parent = listener.handle;
  inheritFraming(socket, listener);
  if (socket.security === SECURE) {
    begin(socket, PHASE_CONNECTING);
    enterHandshake(socket);
  } else {
    begin(socket, PHASE_OPEN);
    countConnection(socket);
    socket.flags |= CONNECTED | CONNECT_PENDING | PAUSED;
  }
}

/** Why this listener takes no further connection, or 0. */
function refuse(listener: Socket): i32 {
  if (listener.role !== <u8>ROLE_LISTENER) return E_ARG;
  if (listener.phase >= <u8>PHASE_CLOSING) return E_STATE;
  return isFull(listener) ? refused(E_LIMIT) : 0;
}

function refused(why: i32): i32 {
  noteRefusal();
  return why;
}

function configure(socket: Socket, words: i32): void {
  socket.highWaterMark = configWord(words, OPEN_HIGH_WATER_MARK, HIGH_WATER_MARK);
  socket.lowWaterMark = configWord(words, OPEN_LOW_WATER_MARK, 0);
  socket.bufferedMax = configWord(words, OPEN_BUFFERED_MAX, NO_LIMIT);
  socket.connectTimeout = configWord(words, OPEN_CONNECT_TIMEOUT, 0);
  socket.idleTimeout = configWord(words, OPEN_IDLE_TIMEOUT, 0);
  socket.connectionsMax = configWord(words, OPEN_CONNECTIONS_MAX, NO_LIMIT);
  socket.receiveBytesMax = configWord(words, OPEN_RECEIVE_BYTES_MAX, 0);
  socket.handshakeTimeout = configWord(words, OPEN_HANDSHAKE_TIMEOUT, 0);
  const flags = configWord(words, OPEN_FLAGS, 0);
  if ((flags & OPEN_FLAG_HALF_OPEN) !== 0) socket.flags |= ALLOW_HALF_OPEN;
  if ((flags & OPEN_FLAG_SECURE) !== 0) socket.security = SECURE;
}

/**
 * From the first byte not yet delivered, messages are cut as `words` words in the scratch area say; 0
 * words for none. Also in the middle of a batch: say how much of it was `delivered`.
 */
export function setFraming(socket: Socket, words: i32): i32 {
  const before = socket.framing;
  if (words === 0) forgetFraming(socket);
  else {
    const refusal = configureFraming(socket, words);
    if (refusal !== 0) return refusal;
  }
  forgetPayload(socket);
  interrupt(socket);
  if (socket.held !== 0 && (before | socket.framing) !== 0) socket.flags |= HELD_PENDING;
  touch(socket);
  return 0;
}

/** TLS from here on (upgrade.ts). 1 if it is secure, or about to be, already. */
export function upgrade(socket: Socket): i32 {
  const result = beginUpgrade(socket);
  if (result !== 0) return result;
  if (delivers(socket)) interrupt(socket);
  else refusePlaintext(socket, 0);
  return 0;
}

export function suspend(socket: Socket): i32 {
  if (socket.suspended === NO_LIMIT) return E_LIMIT;
  socket.suspended++;
  interrupt(socket);
  if (socket.held !== 0) feedNext(); // who waited for this message need not any more
  touch(socket);
  return 0;
}

/** One resume for each suspend (M96). */
export function resume(socket: Socket): i32 {
  if (socket.suspended === 0) return E_STATE;
  socket.suspended--;
  if (socket.suspended !== 0) return 0;
  socket.flags |= RESUMED;
  touch(socket);
  return 0;
}

/** Whether the app takes data now. While it does not, what one read brings is held, unread the rest. */
export function claim(socket: Socket, wanted: bool): i32 {
  if (wanted) {
    socket.flags &= ~UNCLAIMED;
    touch(socket);
  } else {
    socket.flags |= UNCLAIMED;
    interrupt(socket);
    if (socket.held !== 0) feedNext();
  }
  return 0;
}

/** Flush, FIN, `close` (M87). Before open: give up the attempt (M29). Otherwise nothing (M31). */
export function close(socket: Socket): i32 {
  if (socket.phase >= <u8>PHASE_CLOSING) return 0;
  if (socket.phase === <u8>PHASE_CONNECTING || socket.role === <u8>ROLE_LISTENER) {
    return abort(socket);
  }
  step(socket, STEP_CLOSE);
  interrupt(socket);
  releaseHeld(socket);
  touch(socket);
  return 0;
}

/** closeImmediately: what is not in flight is never sent (M89). Also hurries a close() (M90). */
export function abort(socket: Socket): i32 {
  if (socket.phase === <u8>PHASE_CLOSED) return 0;
  if (!step(socket, STEP_CLOSE) || (socket.flags & ABORTED) !== 0) return 0;
  if ((socket.flags & FAIL_PENDING) !== 0) socket.reason = 0;
  socket.flags &= ~(OPEN_PENDING | FAIL_PENDING);
  socket.flags |= ABORTED;
  interrupt(socket);
  purgeSends(socket);
  releaseHeld(socket);
  if (socket.role === <u8>ROLE_LISTENER) touchHandshakes(socket.handle);
  touch(socket);
  return 0;
}

/** No more sends: flush, then FIN; receiving goes on. While connecting: once open. */
export function halfClose(socket: Socket): i32 {
  if (socket.role === <u8>ROLE_LISTENER) return E_STATE;
  if (socket.phase <= <u8>PHASE_ENDING) {
    socket.flags |= LOCAL_ENDED;
    step(socket, STEP_HALF_CLOSE);
    touch(socket);
  }
  return 0;
}

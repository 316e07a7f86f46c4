/**
 * What a host reports about a transport: the past participles of the ABI.
 *
 * An input only notes facts and puts the socket on the dirty list; what follows from them is
 * decided and announced by turn.ts. Reports that come late, after the engine has let go of the
 * socket, mean nothing and are no error. Nothing here may trap, whatever the host passes.
 */
import {
  DISCARD_BYTES_MAX,
  E_ARG,
  E_BUSY,
  E_STATE,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_CONNECTING,
  PHASE_ENDING,
  ROLE_ACCEPTED,
  ROLE_LISTENER,
  STEP_CONNECTED,
} from "./abi.ts";
import { countConnection, noteRefusal } from "./connections.ts";
import { completesMessage, deliverExternal, delivering, deliverReceived } from "./delivery.ts";
import { touch } from "./dirty.ts";
import { fail } from "./failure.ts";
import { FRAMING_NONE } from "./framing/abi.ts";
import { leaveHandshake } from "./handshakes.ts";
import { canHold, sharedRoom } from "./held.ts";
import { step } from "./ready-state.ts";
import { REASON_INTERRUPTED, REASON_NETWORK } from "./reasons.ts";
import { confirmBytes, freeSends } from "./send-queue.ts";
import {
  CONNECT_PENDING,
  CONNECTED,
  DRAIN_PENDING,
  END_SEEN,
  FAIL_PENDING,
  GONE,
  HELD_PENDING,
  HOST_HOLDS,
  OPEN_PENDING,
  PAUSED,
  PEER_ENDED,
  RESUME_OWED,
  SECURED_PENDING,
  Socket,
  UNCLAIMED,
  WAITING_FOR_DRAIN,
} from "./socket.ts";
import { feedNext, isFirst, leftForFirst, othersMayFinish, starve } from "./starved.ts";
import { awaitsTls, refusePlaintext } from "./upgrade.ts";
import { fitsHeadroom, holdWindow, stain, windowBytes } from "./window.ts";

/** While any of these is set, input waits behind what is to come first. */
const MUST_WAIT: u32 = HELD_PENDING | CONNECT_PENDING | SECURED_PENDING | UNCLAIMED;

/** While any of these is set, input is not announced as it comes. */
const KEEPS_OUT: u32 = MUST_WAIT | FAIL_PENDING | PEER_ENDED | HOST_HOLDS;

/** The transport is up: connected (with TLS: verified), or listening. Ignored once closing (M30). */
export function transportConnected(socket: Socket): i32 {
  if (socket.phase >= <u8>PHASE_CLOSING) return 0;
  if (socket.phase !== <u8>PHASE_CONNECTING || (socket.flags & CONNECTED) !== 0) return E_STATE;
  if (socket.role === <u8>ROLE_ACCEPTED) acceptVerified(socket);
  else socket.flags |= CONNECTED | OPEN_PENDING;
  touch(socket);
  return 0;
}

/** An accepted connection's handshake is done; now it counts, or goes without a word. */
function acceptVerified(socket: Socket): void {
  leaveHandshake(socket);
  if (!countConnection(socket)) {
    noteRefusal();
    fail(socket, REASON_NETWORK);
    return;
  }
  step(socket, STEP_CONNECTED);
  socket.flags |= CONNECTED | CONNECT_PENDING | PAUSED;
}

/** `count` bytes lie at the window's start. */
export function transportReceived(socket: Socket, count: i32): i32 {
  if (count < 0 || <u32>count > windowBytes()) return E_ARG;
  if (delivering()) return E_BUSY;
  if (socket.phase === <u8>PHASE_CONNECTING || socket.role === <u8>ROLE_LISTENER) return E_STATE;
  if ((socket.flags & PEER_ENDED) !== 0) return E_STATE;
  if (count === 0) return 0;
  stain(socket, count); // also if it is refused or discarded
  if ((socket.flags & FAIL_PENDING) !== 0) return 0; // the error comes first, and nothing behind it
  if (awaitsTls(socket)) {
    socket.bytesReceived += count;
    refusePlaintext(socket, count);
    return 0;
  }
  const waits = socket.suspended !== 0 || (socket.flags & MUST_WAIT) !== 0;
  if (socket.phase < <u8>PHASE_CLOSING && !findsRoom(socket, count, waits)) {
    socket.flags |= HOST_HOLDS | RESUME_OWED;
    touch(socket);
    return E_BUSY; // the host keeps the bytes itself
  }
  if ((socket.flags & HOST_HOLDS) !== 0) {
    socket.flags &= ~HOST_HOLDS;
    feedNext();
  }
  socket.bytesReceived += count;
  socket.activity++;
  if (socket.phase >= <u8>PHASE_CLOSING) return discard(socket, count);
  if (waits) {
    holdWindow(socket, count);
    touch(socket);
  } else {
    deliverReceived(socket, count);
  }
  return 0;
}

/**
 * `count` bytes that stay with the host: where they can be announced at once and as they are. Else
 * E_STATE, nothing is done, and they are to be put into the window like any others.
 */
export function transportReceivedExternal(socket: Socket, count: i32): i32 {
  if (count <= 0) return E_ARG;
  if (delivering()) return E_BUSY;
  const passes = socket.framing === <u8>FRAMING_NONE && socket.held === 0 && socket.suspended === 0;
  if (!passes || (socket.flags & KEEPS_OUT) !== 0 || awaitsTls(socket)) return E_STATE;
  if (socket.phase === <u8>PHASE_CONNECTING || socket.phase >= <u8>PHASE_CLOSING) return E_STATE;
  if (socket.role === <u8>ROLE_LISTENER) return E_STATE;
  socket.bytesReceived += count;
  socket.activity++;
  deliverExternal(socket, count);
  return 0;
}

/** A message that cannot be finished now waits for others to finish theirs, if any can. */
function findsRoom(socket: Socket, count: u32, waits: bool): bool {
  if (waits) return mayHold(socket, count);
  if (socket.framing === <u8>FRAMING_NONE) return true;
  const left = leftForFirst(socket, sharedRoom(socket));
  if (canHold(socket, count + left) || completesMessage(socket, count)) return true;
  if (isFirst(socket) && canHold(socket, count)) return true;
  if (!othersMayFinish(socket)) return true; // somebody must fail: held.ts says who
  starve(socket);
  return false;
}

/**
 * Bytes that only wait for the app to pull may also wait in the host: no socket fails for them.
 * Those of a suspended socket find room, if at another's cost: its host was told to pause.
 */
function mayHold(socket: Socket, count: u32): bool {
  if (!fitsHeadroom(socket, count)) return false;
  return (socket.flags & UNCLAIMED) === 0 || canHold(socket, count);
}

/** After close() input is dropped; after our FIN no more than so much of it. */
function discard(socket: Socket, count: u32): i32 {
  if (socket.phase === <u8>PHASE_CLOSED) {
    socket.discarded = min(socket.discarded + count, DISCARD_BYTES_MAX + 1);
    touch(socket);
  }
  return 0;
}

/** The transport took `count` bytes of what was gathered; parts are fine. */
export function transportSent(socket: Socket, count: i32): i32 {
  if (count < 0 || <u32>count > socket.inFlight) return E_ARG;
  confirmBytes(socket, count);
  const waiting = (socket.flags & WAITING_FOR_DRAIN) !== 0;
  if (waiting && socket.buffered <= <u64>socket.lowWaterMark) socket.flags |= DRAIN_PENDING;
  touch(socket);
  return 0;
}

/** The peer's FIN. Before the transport is up, or TLS, it interrupts the attempt. */
export function transportEnded(socket: Socket): i32 {
  if ((socket.flags & CONNECTED) === 0 || awaitsTls(socket)) fail(socket, REASON_INTERRUPTED);
  else socket.flags |= PEER_ENDED;
  touch(socket);
  return 0;
}

export function transportFailed(socket: Socket, reason: i32): i32 {
  if (reason <= 0 || reason > 255) return E_ARG;
  fail(socket, reason);
  return 0;
}

/** The transport is gone, after ORDER_DESTROY or by itself. */
export function transportClosed(socket: Socket): i32 {
  if ((socket.flags & GONE) !== 0) return E_STATE;
  socket.flags |= GONE;
  const unsent = socket.buffered !== 0;
  freeSends(socket);
  const endWaits = (socket.flags & (PEER_ENDED | END_SEEN)) === PEER_ENDED;
  const over = socket.phase >= <u8>PHASE_ENDING || endWaits;
  if (unsent || !over || awaitsTls(socket)) fail(socket, REASON_INTERRUPTED);
  touch(socket);
  return 0;
}

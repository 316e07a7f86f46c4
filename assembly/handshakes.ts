/**
 * The accepted sockets that are in a TLS handshake, the one that began first in front.
 *
 * A handshake costs memory outside the engine, and whoever connects can begin one. So they are capped,
 * for all listeners together: above the cap the oldest fails. An honest handshake takes
 * milliseconds and is never the oldest among a thousand; one that is dribbled is.
 *
 * Invariant: SHAKING_HANDS is set exactly for the sockets on the list, `count` of them.
 */
import { HANDSHAKES_MAX } from "./abi.ts";
import { touch } from "./dirty.ts";
import { fail } from "./failure.ts";
import { REASON_HANDSHAKE_TIMEOUT } from "./reasons.ts";
import { SHAKING_HANDS, Socket } from "./socket.ts";

let first: usize = 0;
let last: usize = 0;
let count: i32 = 0;

export function initHandshakes(): void {
  first = 0;
  last = 0;
  count = 0;
}

/** Its handshake begins. */
export function enterHandshake(socket: Socket): void {
  if ((socket.flags & SHAKING_HANDS) !== 0) return;
  if (count >= HANDSHAKES_MAX) {
    const oldest = changetype<Socket>(first);
    leaveHandshake(oldest);
    fail(oldest, REASON_HANDSHAKE_TIMEOUT);
  }
  const record = changetype<usize>(socket);
  socket.flags |= SHAKING_HANDS;
  socket.handshakeBefore = last;
  socket.handshakeNext = 0;
  if (last !== 0) changetype<Socket>(last).handshakeNext = record;
  else first = record;
  last = record;
  count++;
}

/** Their listener has closed: those that are not announced yet are to go. */
export function touchHandshakes(listener: u32): void {
  for (let at = first; at !== 0; at = changetype<Socket>(at).handshakeNext) {
    if (changetype<Socket>(at).parent === listener) touch(changetype<Socket>(at));
  }
}

/** Its handshake is over, one way or the other; nothing if it is in none. */
export function leaveHandshake(socket: Socket): void {
  if ((socket.flags & SHAKING_HANDS) === 0) return;
  socket.flags &= ~SHAKING_HANDS;
  const before = socket.handshakeBefore;
  const next = socket.handshakeNext;
  if (before !== 0) changetype<Socket>(before).handshakeNext = next;
  else first = next;
  if (next !== 0) changetype<Socket>(next).handshakeBefore = before;
  else last = before;
  count--;
}

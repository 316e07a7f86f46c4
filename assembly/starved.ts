/**
 * Sockets in the middle of a message for which there is no room: first come, first fed.
 *
 * Of those that share room one may use all of it, the others leave the size of a message to it; so
 * one can always be finished, and then the next. While others can still finish theirs, a starved
 * socket is paused and its last read stays with the host. When bytes are released, the first in line
 * is resumed; once it has found room, the next.
 *
 * Invariant: a socket is in the list if and only if it is STARVED.
 */
import { PHASE_CLOSING } from "./abi.ts";
import { touch } from "./dirty.ts";
import { FAIL_PENDING, PEER_ENDED, Socket, STARVED, UNCLAIMED } from "./socket.ts";
import { findSocket, slotAt, slotCount } from "./socket-table.ts";

/** Whoever is or has one of these finishes no message. */
const IDLE: u32 = STARVED | UNCLAIMED | PEER_ENDED | FAIL_PENDING;

/** The handle of the client that may use all the room there is. */
let firstClient: u32 = 0;
let head: usize = 0;
let tail: usize = 0;

export function initStarved(): void {
  firstClient = 0;
  head = 0;
  tail = 0;
}

/** The socket that may use all the room this one shares, or 0. */
function firstOf(socket: Socket): usize {
  const listener = findSocket(socket.parent);
  const found = findSocket(listener !== 0 ? changetype<Socket>(listener).first : firstClient);
  if (found === 0 || found === changetype<usize>(socket)) return found;
  const first = changetype<Socket>(found);
  return first.held !== 0 && first.suspended === 0 && (first.flags & IDLE) === 0 ? found : 0;
}

/** Whether the socket may use all the room; it may from now on if no other does. */
export function isFirst(socket: Socket): bool {
  const first = firstOf(socket);
  if (first !== 0) return first === changetype<usize>(socket);
  const listener = findSocket(socket.parent);
  if (listener !== 0) changetype<Socket>(listener).first = socket.handle;
  else firstClient = socket.handle;
  return true;
}

/** Of `room` shared bytes, what this socket leaves to the first: the rest of a message, or half. */
export function leftForFirst(socket: Socket, room: u32): u32 {
  const first = firstOf(socket);
  if (first === changetype<usize>(socket)) return 0;
  const held = first !== 0 ? changetype<Socket>(first).held : 0;
  const share = min(socket.messageMax, room >> 1);
  return share > held ? share - held : 0;
}

/** Whether a socket that shares this one's room is in the middle of a message and may finish it. */
export function othersMayFinish(socket: Socket): bool {
  const count = slotCount();
  for (let index: u32 = 0; index < count; index++) {
    const other = slotAt(index);
    if (other === socket || other.parent !== socket.parent || other.held === 0) continue;
    if (other.suspended !== 0 || other.phase >= <u8>PHASE_CLOSING) continue;
    if ((other.flags & IDLE) === 0) return true;
  }
  return false;
}

export function starve(socket: Socket): void {
  if ((socket.flags & STARVED) !== 0) return;
  socket.flags |= STARVED;
  socket.starvedNext = 0;
  const record = changetype<usize>(socket);
  if (tail !== 0) changetype<Socket>(tail).starvedNext = record;
  else head = record;
  tail = record;
  touch(socket);
}

/** Bytes were released, or the one fed last has found room: the next may try. */
export function feedNext(): void {
  while (head !== 0) {
    const socket = changetype<Socket>(head);
    leaveStarved(socket);
    if (socket.phase >= <u8>PHASE_CLOSING) continue;
    touch(socket);
    return;
  }
}

/** It needs no room any more. */
export function leaveStarved(socket: Socket): void {
  if ((socket.flags & STARVED) === 0) return;
  socket.flags &= ~STARVED;
  const record = changetype<usize>(socket);
  let before: usize = 0;
  for (let at = head; at !== record; at = changetype<Socket>(at).starvedNext) before = at;
  if (before !== 0) changetype<Socket>(before).starvedNext = socket.starvedNext;
  else head = socket.starvedNext;
  if (tail === record) tail = before;
}

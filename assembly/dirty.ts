/**
 * The sockets that have something to say: a first-in first-out list threaded through the records.
 *
 * A socket is on the list at most once and goes to the back each time, so none starves another.
 * `defer` sets sockets aside whose events must wait for a task of their own.
 */
import { CONTROL_DEFERRED } from "./abi.ts";
import { setControl } from "./control.ts";
import { DIRTY, Socket } from "./socket.ts";

let head: usize = 0;
let tail: usize = 0;
let deferredHead: usize = 0;
let deferredTail: usize = 0;

export function touch(socket: Socket): void {
  if ((socket.flags & DIRTY) !== 0) return;
  socket.flags |= DIRTY;
  const record = changetype<usize>(socket);
  socket.next = 0;
  if (tail !== 0) changetype<Socket>(tail).next = record;
  else head = record;
  tail = record;
}

/** The next socket, off the list, or 0. */
export function nextDirty(): usize {
  const record = head;
  if (record === 0) return 0;
  const socket = changetype<Socket>(record);
  head = socket.next;
  if (head === 0) tail = 0;
  socket.next = 0;
  socket.flags &= ~DIRTY;
  return record;
}

/** Sets a socket just taken off the list aside until `undefer`. */
export function defer(socket: Socket): void {
  const record = changetype<usize>(socket);
  socket.flags |= DIRTY;
  socket.next = 0;
  if (deferredTail !== 0) changetype<Socket>(deferredTail).next = record;
  else deferredHead = record;
  deferredTail = record;
  setControl(CONTROL_DEFERRED, 1);
}

/** Puts those set aside in front, in their order. */
export function undefer(): void {
  if (deferredHead === 0) return;
  changetype<Socket>(deferredTail).next = head;
  if (head === 0) tail = deferredTail;
  head = deferredHead;
  deferredHead = 0;
  deferredTail = 0;
  setControl(CONTROL_DEFERRED, 0);
}

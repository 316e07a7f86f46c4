/**
 * Received bytes that must wait: held while suspended, or the partial tail of a split message.
 *
 * Each socket has a chain of pool blocks, filled in order; idle sockets have none. One smallest
 * block is promised to every socket (pool.ts). Beyond it a socket draws on the pool, within its
 * listener's limit; when it cannot, the largest holder concerned fails, and no other notices.
 *
 * Invariant: held = the sum of the chain's used bytes; a listener's receiveBytes = the sum of its
 * accepted sockets' held.
 */
import { CONTROL_COPIED, REASON_ENGINE_MEMORY } from "./abi.ts";
import { getControl, setControl } from "./control.ts";
import { fail } from "./failure.ts";
import {
  allocate,
  Block,
  bytesOf,
  capacityOf,
  free,
  ORDER_MIN,
  orderFor,
  poolBytes,
  poolHasRoom,
  promise,
  redeem,
  UNIT_BYTES,
} from "./pool.ts";
import { HELD_PENDING, Socket } from "./socket.ts";
import { findSocket, slotAt, slotCount } from "./socket-table.ts";

const CHAIN_ORDER_MAX: u32 = 16;

/** Keeps a copy of `[from, from + length)` behind what the socket holds, or fails somebody. */
export function hold(socket: Socket, from: usize, length: u32): void {
  while (!canHold(socket, length)) {
    const largest = largestHolder(socket);
    fail(largest, REASON_ENGINE_MEMORY);
    if (largest === socket) return;
    releaseHeld(largest);
  }
  append(socket, from, length);
  count(socket, length);
  setControl(CONTROL_COPIED, getControl(CONTROL_COPIED) + length);
}

/** Whether `length` more bytes would find room at nobody's cost. */
export function canHold(socket: Socket, length: u32): bool {
  const total = socket.held + length;
  if (total <= UNIT_BYTES) return true; // the promised block
  const listener = findSocket(socket.parent);
  if (listener !== 0) {
    const budget = changetype<Socket>(listener);
    if (budget.receiveBytes + length > receiveBytesMax(budget)) return false;
  }
  return poolHasRoom(length);
}

function receiveBytesMax(listener: Socket): u32 {
  return listener.receiveBytesMax !== 0 ? listener.receiveBytesMax : poolBytes() >> 2;
}

/** The holder of the most among those that share this socket's limit; ties go to the asker. */
function largestHolder(socket: Socket): Socket {
  let largest = socket;
  const count = slotCount();
  for (let index: u32 = 0; index < count; index++) {
    const other = slotAt(index);
    if (other.parent === socket.parent && other.held > largest.held) largest = other;
  }
  return largest;
}

function append(socket: Socket, from: usize, length: u32): void {
  let left = length;
  while (left !== 0) {
    let room: u32 = 0;
    if (socket.heldTail !== 0) {
      const tail = changetype<Block>(socket.heldTail);
      room = capacityOf(tail) - tail.end;
    }
    if (room === 0) {
      room = extend(socket, left);
      if (room === 0) {
        fail(socket, REASON_ENGINE_MEMORY);
        return;
      }
    }
    const tail = changetype<Block>(socket.heldTail);
    const part = min(room, left);
    memory.copy(bytesOf(tail) + tail.end, from + (length - left), part);
    tail.end += part;
    left -= part;
  }
}

/** A further block: the promised one first, then as large as is left to keep, or what there is. */
function extend(socket: Socket, left: u32): u32 {
  let order = min(orderFor(left), CHAIN_ORDER_MAX);
  if (socket.heldTail !== 0) {
    const grown = changetype<Block>(socket.heldTail).order + 1;
    order = max(order, min(grown, CHAIN_ORDER_MAX));
  } else {
    redeem();
  }
  let made = allocate(order);
  while (made === 0 && order > ORDER_MIN) made = allocate(--order);
  if (made === 0) {
    if (socket.heldTail === 0) promise();
    return 0;
  }
  if (socket.heldTail !== 0) changetype<Block>(socket.heldTail).next = made;
  else socket.heldHead = made;
  socket.heldTail = made;
  return capacityOf(changetype<Block>(made));
}

function count(socket: Socket, delta: i32): void {
  socket.held += delta;
  const listener = findSocket(socket.parent);
  if (listener !== 0) changetype<Socket>(listener).receiveBytes += delta;
}

/** Copies all that is held to end at `end`, and lets the blocks go. */
export function takeHeld(socket: Socket, end: usize): void {
  let to = end - socket.held;
  let at = socket.heldHead;
  while (at !== 0) {
    const block = changetype<Block>(at);
    memory.copy(to, bytesOf(block), block.end);
    to += block.end;
    at = block.next;
  }
  setControl(CONTROL_COPIED, getControl(CONTROL_COPIED) + socket.held);
  assert(to === end);
  releaseHeld(socket);
}

/** Drops what is held. */
export function releaseHeld(socket: Socket): void {
  socket.flags &= ~HELD_PENDING;
  if (socket.heldHead === 0) return;
  while (socket.heldHead !== 0) {
    const block = changetype<Block>(socket.heldHead);
    socket.heldHead = block.next;
    free(block);
  }
  socket.heldTail = 0;
  count(socket, -(<i32>socket.held));
  promise();
}

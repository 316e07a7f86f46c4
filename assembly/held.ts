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
import { CONTROL_COPIED } from "./abi.ts";
import { getControl, setControl } from "./control.ts";
import { fail } from "./failure.ts";
import { FRAMING_NONE } from "./framing/abi.ts";
import { beginsWhole } from "./framing/decode.ts";
import {
  allocate,
  Block,
  bytesOf,
  capacityOf,
  free,
  ORDER_MAX,
  ORDER_MIN,
  orderFor,
  poolBytes,
  poolHasRoom,
  promise,
  redeem,
  UNIT_BYTES,
} from "./pool.ts";
import { REASON_ENGINE_MEMORY } from "./reasons.ts";
import { HELD_PENDING, Socket } from "./socket.ts";
import { findSocket, slotAt, slotCount } from "./socket-table.ts";
import { feedNext } from "./starved.ts";

/** Blocks grow up to this order; what comes at once may go into a larger one. */
const CHAIN_ORDER_MAX: u32 = 16;

/** The socket whose only or first block is lent for delivery, or 0. */
let lender: usize = 0;

/** Keeps a copy of `[from, from + length)` behind what the socket holds, or fails somebody. */
export function hold(socket: Socket, from: usize, length: u32): void {
  while (!canHold(socket, length)) {
    const largest = largestHolder(socket);
    fail(largest, REASON_ENGINE_MEMORY);
    if (largest === socket) return;
    releaseHeld(largest);
  }
  const kept = append(socket, from, length);
  count(socket, kept);
  setControl(CONTROL_COPIED, getControl(CONTROL_COPIED) + kept);
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

/** All the room that this socket shares with others. */
export function sharedRoom(socket: Socket): u32 {
  const listener = findSocket(socket.parent);
  return listener !== 0 ? receiveBytesMax(changetype<Socket>(listener)) : poolBytes();
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

/** Returns how many bytes found room; with fewer than all the socket has failed. */
function append(socket: Socket, from: usize, length: u32): u32 {
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
        return length - left;
      }
    }
    const tail = changetype<Block>(socket.heldTail);
    const part = min(room, left);
    memory.copy(bytesOf(tail) + tail.end, from + (length - left), part);
    tail.end += part;
    left -= part;
  }
  return length;
}

/** A further block: the promised one first, then as large as is left to keep, or what there is. */
function extend(socket: Socket, left: u32): u32 {
  let order = min(orderFor(left), ORDER_MAX);
  if (socket.heldTail !== 0) {
    const grown = changetype<Block>(socket.heldTail).order + 1;
    order = max(order, min(grown, CHAIN_ORDER_MAX));
  } else if (lender !== changetype<usize>(socket)) {
    redeem();
  }
  let made = allocate(order);
  while (made === 0 && order > ORDER_MIN) made = allocate(--order);
  if (made === 0) {
    if (socket.heldTail === 0 && lender !== changetype<usize>(socket)) promise();
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
  if (delta < 0) feedNext();
}

/** Copies all that is held to end at `end`, and lets the blocks go. */
export function takeHeld(socket: Socket, end: usize): void {
  let to = end - socket.held;
  let at = socket.heldHead;
  while (at !== 0) {
    const block = changetype<Block>(at);
    const length = block.end - block.begin;
    memory.copy(to, bytesOf(block) + block.begin, length);
    to += length;
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
  if (lender !== changetype<usize>(socket)) promise();
}

/**
 * The first block, to be delivered from where it lies; 0 if its message goes on in the next and they
 * must be joined. Until it comes back its bytes do not count as held.
 */
export function lendBlock(socket: Socket): usize {
  const head = socket.heldHead;
  const alone = head === socket.heldTail;
  if (!alone && !holdsWhole(socket, changetype<Block>(head))) return 0;
  const block = changetype<Block>(head);
  socket.heldHead = block.next;
  if (alone) {
    socket.heldTail = 0;
    socket.flags &= ~HELD_PENDING;
  }
  count(socket, -(<i32>(block.end - block.begin)));
  lender = changetype<usize>(socket);
  return head;
}

function holdsWhole(socket: Socket, block: Block): bool {
  if (socket.framing === <u8>FRAMING_NONE) return true;
  const bytes = bytesOf(block);
  return beginsWhole(socket, bytes + block.begin, bytes + block.end);
}

/** A lent block comes back: its last `rest` bytes are held, in front of all others. */
export function returnBlock(socket: Socket, block: Block, rest: u32): void {
  lender = 0;
  if (rest === 0) {
    free(block);
    if (socket.heldHead === 0) promise();
    return;
  }
  block.begin = block.end - rest;
  if (rest <= UNIT_BYTES) moveToFront(block, rest);
  block.next = socket.heldHead;
  socket.heldHead = changetype<usize>(block);
  if (socket.heldTail === 0) socket.heldTail = socket.heldHead;
  count(socket, rest);
}

/** So that the smallest block, the promised one, has room for all that is promised. */
function moveToFront(block: Block, length: u32): void {
  const bytes = bytesOf(block);
  memory.copy(bytes, bytes + block.begin, length);
  memory.fill(bytes + length, 0, block.end - length);
  block.begin = 0;
  block.end = length;
}

/** Copies the last `length` bytes of what is held to end at `end`. */
export function copyTail(socket: Socket, end: usize, length: u32): void {
  if (length === 0) return;
  const tail = changetype<Block>(socket.heldTail);
  if (tail.end - tail.begin >= length) {
    memory.copy(end - length, bytesOf(tail) + tail.end - length, length);
    return;
  }
  let skip = socket.held - length; // rare: a block has just been begun
  let to = end - length;
  for (let at = socket.heldHead; at !== 0; at = changetype<Block>(at).next) {
    const block = changetype<Block>(at);
    const used = block.end - block.begin;
    const passed = min(skip, used);
    memory.copy(to, bytesOf(block) + block.begin + passed, used - passed);
    to += used - passed;
    skip -= passed;
  }
}

/**
 * What a socket still has to transmit, in order: pooled blocks, then at most one external tail.
 *
 *   sendHead                        sendTail
 *   [begin####end]->[begin####end]->[begin##end....]   external: ####...
 *   |<-------- inFlight -------->|                     (bytes the binding keeps, the core counts)
 *
 * Small payloads coalesce in blocks; what is too large or finds no room goes to the external tail,
 * and while there is one every further payload joins it, so order needs no descriptors.
 *
 * Blocks of all sockets together take at most half of the pool's unpromised bytes: however many peers
 * stall, received bytes find room.
 *
 * Invariant: buffered = bytes in blocks + external; inFlight <= buffered. In front of an upgrade the
 * first `plain` of them may be transmitted, while its handshake lasts none. Bytes in flight lie in
 * front and are neither moved nor freed until `sent` has covered them: hosts read them late.
 */
import {
  CONTROL_IOV,
  CONTROL_IOV_MAX,
  CONTROL_LENGTH,
  CONTROL_ROOM,
  CONTROL_ROOM_END,
  CONTROL_ROOM_SOCKET,
  FLUSH_BYTES_MAX,
  POOLED_PAYLOAD_BYTES_MAX,
} from "./abi.ts";
import { setControl } from "./control.ts";
import { allocate, Block, bytesOf, capacityOf, free, ORDER_MIN, orderFor } from "./pool.ts";
import { SECURING, Socket, UPGRADING, WAITING_FOR_DRAIN } from "./socket.ts";

export const IOV_MAX: u32 = 64;
export const IOV_BYTES: u32 = 8;
const FIRST_ORDER: u32 = 9;
const COALESCE_ORDER_MAX: u32 = 16;

let iov: usize = 0;
let pooledBytes: u32 = 0;
let pooledMax: u32 = 0;
/** The block whose rest is shown in the control block as room for the next payload, or 0. */
let shown: usize = 0;

export function initSendQueues(address: usize, poolShare: u32): void {
  iov = address;
  pooledBytes = 0;
  pooledMax = poolShare;
  shown = 0;
  setControl(CONTROL_IOV, <u32>address);
  setControl(CONTROL_IOV_MAX, IOV_MAX);
}

/** Where `length` payload bytes may be written, or 0 if they must go to the external tail. */
export function reserveBytes(socket: Socket, length: u32): usize {
  if (socket.external !== 0 || length > <u32>POOLED_PAYLOAD_BYTES_MAX) return 0;
  if (socket.sendTail !== 0) {
    const tail = changetype<Block>(socket.sendTail);
    if (capacityOf(tail) - tail.end >= length) return bytesOf(tail) + tail.end;
  }
  return appendBlock(socket, length);
}

/**
 * Behind the socket's last byte as much may be written without asking, and committed later, as would be
 * answered with 1: up to the high-water mark and maxBufferedAmount.
 */
export function showRoom(socket: Socket): void {
  const most = min(socket.highWaterMark, socket.bufferedMax);
  if (socket.buffered >= <u64>most) {
    hideRoom(socket);
    return;
  }
  shown = socket.sendTail;
  const tail = changetype<Block>(shown);
  const at = <u32>(bytesOf(tail) + tail.end);
  const room = min<u64>(capacityOf(tail) - tail.end, <u64>most - socket.buffered);
  setControl(CONTROL_ROOM_SOCKET, socket.handle);
  setControl(CONTROL_ROOM, at);
  setControl(CONTROL_ROOM_END, at + <u32>room);
}

/** The socket's payloads go elsewhere from now on. */
export function hideRoom(socket: Socket): void {
  if (shown === 0 || socket.sendTail !== shown) return;
  shown = 0;
  setControl(CONTROL_ROOM_SOCKET, 0);
}

/** Blocks grow while a burst lasts; the next burst starts where this one ended. */
function appendBlock(socket: Socket, length: u32): usize {
  let order: u32 = max<u32>(socket.sendOrder, FIRST_ORDER);
  if (socket.sendTail !== 0 && order < COALESCE_ORDER_MAX) order++;
  let made = allocateShare(max(order, orderFor(length)));
  if (made === 0) made = allocateShare(orderFor(length));
  if (made === 0) return 0;
  hideRoom(socket);
  if (socket.sendTail !== 0) changetype<Block>(socket.sendTail).next = made;
  else socket.sendHead = made;
  socket.sendTail = made;
  socket.sendOrder = <u8>min(order, COALESCE_ORDER_MAX);
  return bytesOf(changetype<Block>(made));
}

function allocateShare(order: u32): usize {
  const size = (<u32>1) << order;
  if (pooledBytes + size > pooledMax) return 0;
  const made = allocate(order);
  if (made !== 0) pooledBytes += size;
  return made;
}

/** Where the next byte of the last block goes; 0 without one. */
export function queueEnd(socket: Socket): usize {
  if (socket.external !== 0 || socket.sendTail === 0) return 0;
  const tail = changetype<Block>(socket.sendTail);
  return bytesOf(tail) + tail.end;
}

/** Queues what was written at the reserved place; false if nothing that long was reserved. */
export function commitBytes(socket: Socket, length: u32): bool {
  if (socket.external !== 0 || socket.sendTail === 0) return false;
  const tail = changetype<Block>(socket.sendTail);
  if (capacityOf(tail) - tail.end < length) return false;
  tail.end += length;
  socket.buffered += length;
  checkQueue(socket);
  return true;
}

export function queueExternal(socket: Socket, length: u64): void {
  hideRoom(socket);
  socket.external += length;
  socket.buffered += length;
  checkQueue(socket);
}

/** send()'s boolean (M70, M71): strictly above the mark is full, and arms `drain`. */
export function belowHighWaterMark(socket: Socket): bool {
  if (socket.buffered <= <u64>socket.highWaterMark) return true;
  socket.flags |= WAITING_FOR_DRAIN;
  return false;
}

/** How many of the bytes that wait may be transmitted now: in front of a handshake those sent before. */
export function transmittable(socket: Socket): u64 {
  if (socket.security === SECURING) return 0;
  return socket.security === UPGRADING ? socket.plain : socket.buffered;
}

/**
 * Fills the table of (address, length) with up to FLUSH_BYTES_MAX bytes and counts them in flight.
 * An entry with address 0 is that many bytes from the front of the external tail.
 */
export function gatherBytes(socket: Socket): u32 {
  assert(socket.inFlight === 0);
  const most = <u32>min<u64>(transmittable(socket), FLUSH_BYTES_MAX);
  let room = most;
  let entries: u32 = 0;
  let at = socket.sendHead;
  while (at !== 0 && room !== 0 && entries < IOV_MAX - 1) {
    const block = changetype<Block>(at);
    const length = min(block.end - block.begin, room);
    if (length !== 0) {
      entry(entries++, <u32>bytesOf(block) + block.begin, length);
      room -= length;
    }
    at = block.next;
  }
  if (at === 0 && room !== 0 && socket.external !== 0) {
    const length = <u32>min<u64>(socket.external, room);
    entry(entries++, 0, length);
    room -= length;
  }
  socket.inFlight = most - room;
  setControl(CONTROL_LENGTH, socket.inFlight);
  checkQueue(socket);
  return entries;
}

function entry(index: u32, address: u32, length: u32): void {
  const at = iov + <usize>index * IOV_BYTES;
  store<u32>(at, address, 0);
  store<u32>(at, length, 4);
}

/** The transport took `count` bytes, at most what is in flight. */
export function confirmBytes(socket: Socket, count: u32): void {
  assert(count <= socket.inFlight);
  socket.inFlight -= count;
  socket.bytesSent += count;
  if (count !== 0) socket.activity++;
  if (socket.buffered >= count) socket.buffered -= count;
  socket.plain -= min<u64>(socket.plain, count);
  let left = count;
  while (left !== 0 && socket.sendHead !== 0) {
    const block = changetype<Block>(socket.sendHead);
    const part = min(block.end - block.begin, left);
    block.begin += part;
    left -= part;
    if (block.begin === block.end) dropHead(socket);
  }
  socket.external -= min<u64>(socket.external, left);
  if (socket.buffered === 0 && socket.inFlight === 0) freeSends(socket);
  checkQueue(socket);
}

function dropHead(socket: Socket): void {
  const block = changetype<Block>(socket.sendHead);
  if (block.next === 0) hideRoom(socket);
  socket.sendHead = block.next;
  if (socket.sendHead === 0) {
    socket.sendTail = 0;
    if (block.end < capacityOf(block) >> 2 && socket.sendOrder > <u8>ORDER_MIN) socket.sendOrder--;
  }
  pooledBytes -= capacityOf(block);
  free(block);
}

/** Nothing more is to be transmitted. What is in flight stays pinned until the transport's end. */
export function purgeSends(socket: Socket): void {
  socket.buffered = 0;
  socket.external = 0;
  socket.plain = 0;
  if (socket.inFlight === 0) freeSends(socket);
}

/** The transport is gone: nobody reads the blocks any more. */
export function freeSends(socket: Socket): void {
  socket.inFlight = 0;
  while (socket.sendHead !== 0) dropHead(socket);
}

function checkQueue(socket: Socket): void {
  assert((socket.sendHead === 0) === (socket.sendTail === 0));
  assert(socket.buffered >= socket.external);
  assert(socket.buffered >= socket.plain);
}

/**
 * The receive window: where every socket's input lands, and the headroom in front of it.
 *
 *   | headroom ........ | window ............................ |
 *             [ held    | received        )
 *
 * Knows how far each socket's bytes ever reached, so that what may still lie there can be zeroed.
 * What is being delivered from it is in delivery.ts.
 */
import { CONTROL_HEADROOM_BYTES, CONTROL_WINDOW, CONTROL_WINDOW_BYTES } from "./abi.ts";
import { setControl } from "./control.ts";
import { hold } from "./held.ts";
import { HELD_PENDING, Socket } from "./socket.ts";

let start: usize = 0;
let length: u32 = 0;
let headroom: u32 = 0;
let largest: u32 = 0;

/** `largestMessage` is what the headroom was made for. */
export function initWindow(
  address: usize,
  bytes: u32,
  headroomSize: u32,
  largestMessage: u32,
): void {
  start = address;
  largest = largestMessage;
  length = bytes;
  headroom = headroomSize;
  setControl(CONTROL_WINDOW, <u32>address);
  setControl(CONTROL_WINDOW_BYTES, bytes);
  setControl(CONTROL_HEADROOM_BYTES, headroomSize);
}

export function windowStart(): usize {
  return start;
}

export function windowBytes(): u32 {
  return length;
}

export function headroomBytes(): u32 {
  return headroom;
}

/** Most bytes that any framing may allow a message. */
export function messageBytesMax(): u32 {
  return largest;
}

/** The first `count` bytes of the window must wait. */
export function holdWindow(socket: Socket, count: u32): void {
  hold(socket, start, count);
  socket.flags |= HELD_PENDING;
}

/** Whether the socket could hold `count` more and still have it all brought in front. */
export function fitsHeadroom(socket: Socket, count: u32): bool {
  return socket.held + count <= headroom;
}

/** `count` bytes of the socket's lie in the window, and in front of it what it holds. */
export function stain(socket: Socket, count: u32): void {
  socket.stainedBack = max(socket.stainedBack, count);
  socket.stainedFront = max(socket.stainedFront, socket.held);
}

/** Zeroes the part of the window this socket's bytes may still lie in. */
export function wipeWindow(socket: Socket): void {
  memory.fill(start - socket.stainedFront, 0, socket.stainedFront + socket.stainedBack);
  socket.stainedFront = 0;
  socket.stainedBack = 0;
}

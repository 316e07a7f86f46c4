/**
 * The receive window: where every socket's input lands, and what is being delivered from it.
 *
 *   | headroom ........ | window ............................ |
 *             [ held    | received        )
 *             cursor                      end
 *
 * The host writes n bytes at the window's start and says `received`. What the socket held is
 * brought in front, so that a split message is contiguous; then the framing decodes in place. The
 * bytes stay put until the records that name them are handled, that is, until the next `poll`.
 *
 * Invariant: while it has an owner, start - headroom <= cursor <= end <= start + length.
 */
import {
  CONTROL_HEADROOM_BYTES,
  CONTROL_WINDOW,
  CONTROL_WINDOW_BYTES,
  PHASE_CLOSING,
} from "./abi.ts";
import { setControl } from "./control.ts";
import { decode } from "./framing/decode.ts";
import { hold, takeHeld } from "./held.ts";
import { HELD_PENDING, Socket, UNCLAIMED } from "./socket.ts";

let start: usize = 0;
let length: u32 = 0;
let headroom: u32 = 0;
let owner: usize = 0;
let cursor: usize = 0;
let end: usize = 0;
let announced: usize = 0;

export function initWindow(address: usize, bytes: u32, headroomBytes: u32): void {
  start = address;
  length = bytes;
  headroom = headroomBytes;
  owner = 0;
  setControl(CONTROL_WINDOW, <u32>address);
  setControl(CONTROL_WINDOW_BYTES, bytes);
  setControl(CONTROL_HEADROOM_BYTES, headroomBytes);
}

export function windowBytes(): u32 {
  return length;
}

export function windowBusy(): bool {
  return owner !== 0;
}

/** The first `count` bytes of the window are this socket's, to be delivered behind what it holds. */
export function takeWindow(socket: Socket, count: u32): void {
  assert(owner === 0 && count <= length && socket.held <= headroom);
  owner = changetype<usize>(socket);
  end = start + count;
  cursor = start - socket.held;
  announced = cursor;
  stain(socket, count);
  if (socket.held !== 0) takeHeld(socket, start);
}

/** The first `count` bytes of the window must wait. */
export function holdWindow(socket: Socket, count: u32): void {
  stain(socket, count);
  hold(socket, start, count);
  socket.flags |= HELD_PENDING;
}

/** Whether the socket could hold `count` more and still have it all brought in front. */
export function fitsHeadroom(socket: Socket, count: u32): bool {
  return socket.held + count <= headroom;
}

/** The window's bytes were discarded, but they were there. */
export function stain(socket: Socket, count: u32): void {
  socket.stainedBack = max(socket.stainedBack, count);
  socket.stainedFront = max(socket.stainedFront, socket.held);
}

/**
 * Goes on with what is in the window: what was announced has been delivered, so the next messages
 * are decoded and announced. False when nothing is left to announce and the window is free.
 */
export function deliverWindow(): bool {
  const socket = changetype<Socket>(owner);
  cursor = announced;
  assert(start - headroom <= cursor && cursor <= end && end <= start + length);
  if (socket.phase < <u8>PHASE_CLOSING && cursor !== end) {
    if (socket.suspended === 0 && (socket.flags & UNCLAIMED) === 0) {
      announced = decode(socket, cursor, end);
      if (announced !== cursor) return true;
    } else {
      socket.flags |= HELD_PENDING;
    }
    hold(socket, cursor, <u32>(end - cursor));
  }
  owner = 0;
  return false;
}

/** Zeroes the part of the window this socket's bytes may still lie in. */
export function wipeWindow(socket: Socket): void {
  assert(owner !== changetype<usize>(socket));
  memory.fill(start - socket.stainedFront, 0, socket.stainedFront + socket.stainedBack);
  socket.stainedFront = 0;
  socket.stainedBack = 0;
}

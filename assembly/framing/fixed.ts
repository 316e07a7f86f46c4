/** Messages of one size. */

import { Socket } from "../socket.ts";
import { E_MESSAGE_SIZE } from "./abi.ts";
import { found, notYet } from "./message.ts";

export function nextFixed(socket: Socket, at: usize, end: usize): usize {
  const size = socket.framingOffset;
  if (<u32>(end - at) < size) return notYet(size);
  return found(at, size, at + size);
}

/** Why `length` bytes are no message, or 0. */
export function checkFixed(socket: Socket, length: u32): i32 {
  return length === socket.framingOffset ? 0 : E_MESSAGE_SIZE;
}

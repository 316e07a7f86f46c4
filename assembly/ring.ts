/**
 * The records `poll` leaves for the host: events for the app, orders for the host itself.
 *
 * A host handles every record of one `poll` before it calls the next, so records always start at
 * the first slot and nothing can be overwritten or dropped: when the slots are used up `poll`
 * returns, and what is still to be said stays as a bit in its socket.
 *
 *   | kind | socket | a | b | c | d | - | - |   eight u32 words
 *
 * Invariant: used <= RECORDS_MAX.
 */
import { CONTROL_RECORDS, CONTROL_RECORDS_MAX, RECORD_WORDS } from "./abi.ts";
import { setControl } from "./control.ts";
import { Socket } from "./socket.ts";

export const RECORDS_MAX: u32 = 256;
export const RECORD_BYTES: u32 = 32;

let start: usize = 0;
let used: u32 = 0;

export function initRing(address: usize): void {
  assert(RECORD_BYTES === (<u32>RECORD_WORDS) << 2);
  start = address;
  used = 0;
  setControl(CONTROL_RECORDS, <u32>address);
  setControl(CONTROL_RECORDS_MAX, RECORDS_MAX);
}

/** Everything said so far has been handled. */
export function clearRing(): void {
  used = 0;
}

export function recordsUsed(): u32 {
  return used;
}

/** Room for all that one socket may say at once. */
export function ringHasRoom(): bool {
  return used + 8 <= RECORDS_MAX;
}

export function record(kind: i32, socket: Socket, a: u32 = 0, b: u32 = 0): void {
  assert(used < RECORDS_MAX);
  const at = start + <usize>used * RECORD_BYTES;
  store<u32>(at, kind, 0);
  store<u32>(at, socket.handle, 4);
  store<u32>(at, a, 8);
  store<u32>(at, b, 12);
  store<u32>(at, 0, 16);
  store<u32>(at, 0, 20);
  used++;
}

/** Words c and d of the record made last. */
export function recordMore(c: u32, d: u32): void {
  const at = start + <usize>(used - 1) * RECORD_BYTES;
  store<u32>(at, c, 16);
  store<u32>(at, d, 20);
}

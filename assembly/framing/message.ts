/**
 * What a framing found: the result of looking for one message, in one place.
 *
 * A framing looks at `[at, end)`, where a message begins at `at`, and returns where that message ends
 * in the stream, or one of the sentinels below (no address is that small). It reports through these
 * functions and keeps nothing.
 */

/** More bytes are needed; how many, `needed` says. */
export const NOT_YET: usize = 0;
/** This can become no message; `violation` and `violationDetail` say why. */
export const VIOLATION: usize = 1;
/** It must go into a batch of its own. */
export const NEXT_BATCH: usize = 2;
/** Sizes of this many bytes stand for "nothing to deliver". */
export const IGNORED: u32 = 0xffffffff;

let address: usize = 0;
let bytes: u32 = 0;
let least: u32 = 0;
let reason: u32 = 0;
let about: u64 = 0;

/** The message is `size` bytes at `at`; in the stream it ends at `end`. */
export function found(at: usize, size: u32, end: usize): usize {
  address = at;
  bytes = size;
  return end;
}

/** Up to `end` there is nothing to deliver. */
export function ignored(end: usize): usize {
  bytes = IGNORED;
  return end;
}

/** From its beginning the message takes `count` bytes at least; 0: not known. */
export function notYet(count: u32): usize {
  least = count;
  return NOT_YET;
}

export function violates(why: i32, detail: u64): usize {
  reason = why;
  about = detail;
  return VIOLATION;
}

export function messageAddress(): usize {
  return address;
}

export function messageSize(): u32 {
  return bytes;
}

export function neededBytes(): u32 {
  return least;
}

export function violation(): u32 {
  return reason;
}

export function violationDetail(): u64 {
  return about;
}

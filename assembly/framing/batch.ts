/**
 * The batch: the messages announced by one record, as a packed table of (offset, size).
 *
 *   table   | offset, size | offset, size | ...        offsets count from `base`
 *   ends    | end | end | ...                          where each message ends in the stream
 *   beside  decoded bytes of framings that rewrite theirs
 *
 * `ends` lets delivery stop after any message: what follows is decoded again. Rewritten messages lie
 * beside, so the stream stays as it came; one too large for that is decoded where it lies, alone.
 */
import { BATCH_MESSAGES_MAX } from "./abi.ts";

/** A row of the table, and of `ends`. */
export const CELL_BYTES: usize = 8;
export const END_BYTES: usize = 4;

let table: usize = 0;
let ends: usize = 0;
let beside: usize = 0;
let besideBytes: u32 = 0;
let besideUsed: u32 = 0;
/** How far it was written, also by what became no message. */
let besideReached: u32 = 0;
let most: u32 = 0;
let count: u32 = 0;
let base: usize = 0;
let span: u32 = 0;

/** Messages that a batch may have where `windowBytes` are read at a time. */
function batchMessages(windowBytes: u32): u32 {
  return min<u32>(BATCH_MESSAGES_MAX, windowBytes >> 3);
}

/** Bytes that `initBatch` takes. */
export function batchBytes(windowBytes: u32): u32 {
  return batchMessages(windowBytes) * <u32>(CELL_BYTES + END_BYTES) + windowBytes;
}

export function initBatch(address: usize, windowBytes: u32): void {
  most = batchMessages(windowBytes);
  table = address;
  ends = table + most * <u32>CELL_BYTES;
  beside = ends + most * <u32>END_BYTES;
  besideBytes = windowBytes;
  besideUsed = 0;
  count = 0;
}

/** What was decoded beside is gone. */
export function wipeBeside(): void {
  if (besideReached !== 0) memory.fill(beside, 0, besideReached);
  besideReached = 0;
  besideUsed = 0;
}

/** A batch of what begins at `from`. */
export function beginBatch(from: usize): void {
  wipeBeside();
  count = 0;
  base = from;
  span = 0;
}

export function batchMax(): u32 {
  return most;
}

export function batchCount(): u32 {
  return count;
}

/**
 * Where up to `bytes` decoded bytes of the message at `at` may go: beside, or over the message itself
 * if it is the first; 0 if there is no room in this batch.
 */
export function roomBeside(at: usize, bytes: u32): usize {
  const fits = bytes <= besideBytes - besideUsed;
  if (count === 0) base = fits ? beside : at;
  else if (!fits || base !== beside) return 0;
  if (!fits) return at;
  besideReached = max(besideReached, besideUsed + bytes);
  return beside + besideUsed;
}

/** A message of `size` bytes at `at`, which ends at `end` in the stream. */
export function addMessage(at: usize, size: u32, end: usize): void {
  const cell = table + <usize>count * CELL_BYTES;
  const offset = <u32>(at - base);
  store<u32>(cell, offset, 0);
  store<u32>(cell, size, 4);
  store<usize>(ends + <usize>count * END_BYTES, end);
  span = offset + size;
  if (base === beside) besideUsed = span;
  count++;
}

/** Where a run writes its messages, into an empty batch. */
export function batchTable(): usize {
  return table;
}

export function batchEnds(): usize {
  return ends;
}

/** A run has written `messages` messages, over `bytes` bytes from the batch's base on. */
export function endRun(messages: u32, bytes: u32): void {
  count = messages;
  span = bytes;
}

/** Where message `index` of the batch ends in the stream. */
export function messageEnd(index: u32): usize {
  return load<usize>(ends + <usize>index * END_BYTES);
}

export function tableAddress(): u32 {
  return <u32>table;
}

export function baseAddress(): u32 {
  return <u32>base;
}

export function spanBytes(): u32 {
  return span;
}

/**
 * Sets of delimiters, and the search for the first that completes.
 *
 * A message ends where, read byte by byte, the first delimiter completes; of several that complete
 * at the same byte the longest counts. That needs no look ahead, so it is the same for every split.
 * Sockets share sets: those of a listener its own, all others the built-in ones or the last one made.
 */

import { allocate, Block, bytesOf, free, ORDER_MIN, UNIT_BYTES } from "../pool.ts";
import { DELIMITER_BYTES_MAX, DELIMITER_WORDS, DELIMITERS_MAX } from "./abi.ts";
import { findByte } from "./find-byte.ts";

/** What a set is in memory; `entries` follow it. */
@unmanaged
class Delimiters {
  /** Sockets that use it; built-in ones are never freed. */
  references: u32 = 0;
  /** The pool block it lies in, 0 for built-in ones. */
  block: usize = 0;
  count: u8 = 0;
  /** Bytes of the longest. */
  longest: u8 = 0;
  /** All end with the same byte, `last`. */
  single: u8 = 0;
  last: u8 = 0;
  /** One bit for each byte with which a delimiter ends. */
  ends0: u64 = 0;
  ends1: u64 = 0;
  ends2: u64 = 0;
  ends3: u64 = 0;
}

const ENTRIES: usize = 48;
const ENTRY_BYTES: usize = 20;
const SET_BYTES: u32 = 208;
const ENDS: usize = 16;

const candidate: usize = memory.data(208, 16);
const crlf: usize = memory.data(208, 16);
const lf: usize = memory.data(208, 16);
const emptyLine: usize = memory.data(208, 16);
const zero: usize = memory.data(208, 16);
const slipEnd: usize = memory.data(208, 16);
const one: usize = memory.data(20, 16);

let lastMade: usize = 0;
let matched: u32 = 0;

/** The sets the framings themselves need. */
export function initDelimiters(): void {
  assert(offsetof<Delimiters>() <= ENTRIES);
  lastMade = 0;
  builtIn(crlf, 2, 0x0a0d);
  builtIn(lf, 1, 0x0a);
  builtIn(emptyLine, 4, 0x0a0d0a0d);
  builtIn(zero, 1, 0);
  builtIn(slipEnd, 1, 0xc0);
}

function builtIn(set: usize, length: u32, bytes: u32): void {
  store<u32>(one, length, 0);
  store<u32>(one, bytes, 4);
  build(set, one, 1);
}

export function emptyLineSet(): usize {
  return emptyLine;
}

export function zeroSet(): usize {
  return zero;
}

export function slipEndSet(): usize {
  return slipEnd;
}

function entry(set: usize, index: u32): usize {
  return set + ENTRIES + <usize>index * ENTRY_BYTES;
}

function build(set: usize, from: usize, count: u32): void {
  memory.fill(set, 0, SET_BYTES);
  memory.copy(set + ENTRIES, from, count * <u32>ENTRY_BYTES);
  const delimiters = changetype<Delimiters>(set);
  delimiters.count = <u8>count;
  delimiters.single = 1;
  for (let i: u32 = 0; i < count; i++) {
    const at = entry(set, i);
    const length = load<u32>(at);
    const last: u32 = load<u8>(at + 3 + length);
    if (length > <u32>delimiters.longest) delimiters.longest = <u8>length;
    if (i !== 0 && last !== <u32>delimiters.last) delimiters.single = 0;
    delimiters.last = <u8>last;
    const word = set + ENDS + ((last >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (last & 63)));
  }
}

/** Whether `count` delimiters at `from` are each 1 to 16 bytes, and each can be the first to complete. */
export function validDelimiters(from: usize, count: u32): bool {
  assert(ENTRY_BYTES === (<usize>DELIMITER_WORDS) << 2);
  if (count === 0 || count > <u32>DELIMITERS_MAX) return false;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(from + <usize>i * ENTRY_BYTES);
    if (length === 0 || length > <u32>DELIMITER_BYTES_MAX) return false;
  }
  for (let i: u32 = 0; i < count; i++) {
    for (let j: u32 = 0; j < count; j++) {
      if (i !== j && shadows(from + <usize>i * ENTRY_BYTES, from + <usize>j * ENTRY_BYTES)) {
        return false;
      }
    }
  }
  return true;
}

/** Whether `a` completes inside `b` before `b` does, or is the same. */
function shadows(a: usize, b: usize): bool {
  const length = load<u32>(a);
  const other = load<u32>(b);
  if (length === other) return memory.compare(a + 4, b + 4, length) === 0;
  for (let at: u32 = 0; at + length < other; at++) {
    if (memory.compare(a + 4, b + 4 + at, length) === 0) return true;
  }
  return false;
}

/** A set of `count` valid delimiters at `from`, to be released; 0 if there is no memory. */
export function delimiterSet(from: usize, count: u32): usize {
  build(candidate, from, count);
  if (isCandidate(crlf)) return retain(crlf);
  if (isCandidate(lf)) return retain(lf);
  if (lastMade !== 0 && isCandidate(lastMade)) return retain(lastMade);
  const made = allocate(ORDER_MIN);
  if (made === 0) return 0;
  const block = changetype<Block>(made);
  block.end = UNIT_BYTES;
  const set = bytesOf(block);
  memory.copy(set, candidate, SET_BYTES);
  changetype<Delimiters>(set).block = made;
  lastMade = set;
  return retain(set);
}

function isCandidate(set: usize): bool {
  return memory.compare(set + 8, candidate + 8, SET_BYTES - 8) === 0;
}

/** One more socket uses it. */
export function retain(set: usize): usize {
  if (set !== 0) changetype<Delimiters>(set).references++;
  return set;
}

/** One socket less does. */
export function releaseSet(set: usize): void {
  if (set === 0) return;
  const delimiters = changetype<Delimiters>(set);
  if (delimiters.block === 0 || --delimiters.references !== 0) return;
  if (lastMade === set) lastMade = 0;
  free(changetype<Block>(delimiters.block));
}

export function longestDelimiter(set: usize): u32 {
  return changetype<Delimiters>(set).longest;
}

/** The one that `send` appends: its bytes, at the address returned + 4; its length at the address. */
export function firstDelimiter(set: usize): usize {
  return entry(set, 0);
}

/** The only delimiter of a set, as `firstDelimiter`; 0 if there are several. */
export function onlyDelimiter(set: usize): usize {
  return changetype<Delimiters>(set).count === 1 ? entry(set, 0) : 0;
}

/** Bytes of the delimiter that `findDelimiter` found. */
export function matchedDelimiter(): u32 {
  return matched;
}

/**
 * One past the first byte in `[from, end)` at which a delimiter completes that begins at `begin` or
 * later; 0 if there is none.
 */
export function findDelimiter(set: usize, begin: usize, from: usize, end: usize): usize {
  const delimiters = changetype<Delimiters>(set);
  const single = delimiters.single !== 0;
  const last: u32 = delimiters.last;
  let at = from;
  while (true) {
    at = single ? findByte(at, end, last) : findEnding(set, at, end);
    if (at >= end) return 0;
    at++;
    if (completes(set, begin, at)) return at;
  }
}

function findEnding(set: usize, from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    const bits = load<u64>(set + ENDS + ((byte >> 6) << 3));
    if (((bits >> (byte & 63)) & 1) !== 0) break;
    at++;
  }
  return at;
}

/** Whether a delimiter ends right before `at`; sets `matched` to the longest that does. */
function completes(set: usize, begin: usize, at: usize): bool {
  const count: u32 = changetype<Delimiters>(set).count;
  matched = 0;
  for (let i: u32 = 0; i < count; i++) {
    const delimiter = entry(set, i);
    const length = load<u32>(delimiter);
    if (length <= matched || at - begin < length) continue;
    if (memory.compare(at - length, delimiter + 4, length) === 0) matched = length;
  }
  return matched !== 0;
}

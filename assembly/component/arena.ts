/**
 * What one turn needs: the lists that came in, those that go out. All of it is gone, and zeroed, when
 * the host has read the answer.
 *
 *   chunk   | next | size | bytes ... top ... end |
 *
 * Invariant: chunk <= top <= end.
 */
import { allocateRun, freeRun, granules } from "./heap.ts";

const CHUNK_BYTES: u32 = 65536;
const HEAD_BYTES: u32 = 8;

let chunk: usize = 0;
let top: usize = 0;
let end: usize = 0;

/** `size` bytes; where there are none the component traps, which is all that the ABI allows. */
export function allocate(size: u32, align: u32): usize {
  let at = aligned(top, align);
  if (chunk === 0 || at + size > end || at + size < at) {
    addChunk(size + align);
    at = aligned(top, align);
  }
  top = at + size;
  return at;
}

/** The same bytes in more room. */
export function reallocate(old: usize, oldSize: u32, align: u32, size: u32): usize {
  if (oldSize !== 0 && old + oldSize === top && old + size <= end && size >= oldSize) {
    top = old + size;
    return old;
  }
  const at = allocate(size, align);
  memory.copy(at, old, min(oldSize, size));
  return at;
}

/** The turn is over. One chunk stays for the next. */
export function clearArena(): void {
  while (chunk !== 0 && (load<usize>(chunk, 0) !== 0 || load<u32>(chunk, 4) > CHUNK_BYTES)) {
    const last = chunk;
    chunk = load<usize>(last, 0);
    freeRun(last, load<u32>(last, 4));
    top = 0;
  }
  if (chunk === 0) {
    top = 0;
    end = 0;
    return;
  }
  const begin = chunk + HEAD_BYTES;
  end = chunk + load<u32>(chunk, 4);
  memory.fill(begin, 0, (top === 0 ? end : top) - begin);
  top = begin;
}

function addChunk(size: u32): void {
  const bytes = granules(max(size + HEAD_BYTES, CHUNK_BYTES));
  const made = bytes > size ? allocateRun(bytes) : 0;
  if (made === 0) unreachable();
  store<usize>(made, chunk, 0);
  store<u32>(made, bytes, 4);
  chunk = made;
  top = made + HEAD_BYTES;
  end = made + bytes;
}

function aligned(address: usize, align: u32): usize {
  return (address + align - 1) & ~(align - 1);
}

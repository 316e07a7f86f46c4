/**
 * The component's own memory, above the engine's: runs of 4 KiB granules, first fit.
 *
 *   | engine: as `init` has divided it | heap: grows as it must |
 *
 * Nothing here is the engine's and nothing of the engine is here. What is freed is zeroed, for it was
 * plaintext; so what is allocated is zero. Those who allocate know how much, so a living run has no
 * header.
 *
 * Invariant: free runs are in order of their addresses, and no two of them touch.
 */

const GRANULE: u32 = 4096;
const PAGE: u32 = 65536;
/** Memory grows by so many pages at least. */
const GROWTH_PAGES: u32 = 16;

@unmanaged
class Run {
  next: usize = 0;
  size: u32 = 0;
}

let first: usize = 0;

/** What `size` bytes take. */
export function granules(size: u32): u32 {
  return (size + GRANULE - 1) & ~(GRANULE - 1);
}

/** The address of `granules(size)` zeroed bytes; 0 when there is no more memory. */
export function allocateRun(size: u32): usize {
  if (size === 0 || size > 0x7fff0000) return 0;
  const wanted = granules(size);
  const found = take(wanted);
  if (found !== 0) return found;
  return grow(wanted) ? take(wanted) : 0;
}

/** `size` as it was asked for. */
export function freeRun(address: usize, size: u32): void {
  const length = granules(size);
  memory.fill(address, 0, length);
  putBack(address, length);
}

function take(wanted: u32): usize {
  let before: usize = 0;
  for (let at = first; at !== 0; at = changetype<Run>(at).next) {
    const run = changetype<Run>(at);
    if (run.size >= wanted) {
      let rest = run.next;
      if (run.size > wanted) {
        rest = at + wanted;
        changetype<Run>(rest).next = run.next;
        changetype<Run>(rest).size = run.size - wanted;
      }
      link(before, rest);
      run.next = 0;
      run.size = 0;
      return at;
    }
    before = at;
  }
  return 0;
}

function link(before: usize, next: usize): void {
  if (before === 0) first = next;
  else changetype<Run>(before).next = next;
}

function putBack(address: usize, length: u32): void {
  let before: usize = 0;
  let next = first;
  while (next !== 0 && next < address) {
    before = next;
    next = changetype<Run>(next).next;
  }
  const run = changetype<Run>(address);
  run.size = length;
  run.next = next;
  link(before, address);
  join(address);
  if (before !== 0) join(before);
}

/** With the run behind it, if they touch. */
function join(address: usize): void {
  const run = changetype<Run>(address);
  const next = run.next;
  if (next === 0 || address + run.size !== next) return;
  run.size += changetype<Run>(next).size;
  run.next = changetype<Run>(next).next;
  memory.fill(next, 0, offsetof<Run>());
}

function grow(wanted: u32): bool {
  const pages = (wanted + PAGE - 1) / PAGE;
  let grown = max(pages, GROWTH_PAGES);
  let before = memory.grow(grown);
  if (before < 0) {
    grown = pages;
    before = memory.grow(grown);
  }
  if (before < 0) return false;
  putBack(<usize>before * PAGE, grown * PAGE);
  return true;
}

/**
 * Engine memory for bytes that must wait: a buddy allocator over blocks of 256 bytes to 1 MiB.
 *
 * It never grows memory and never traps: when nothing fits it returns 0. Each block has a 16-byte
 * descriptor in a table beside the pool, so a block of 64 KiB holds exactly 64 KiB and is aligned.
 *
 *   descriptors   | 16 B | 16 B | 16 B | ...      descriptor k describes the block starting at unit k
 *   pool          | unit | unit | unit | ...      one unit = 256 B; a block of order o spans 2^(o-8) units
 *
 * Invariant: free bytes - the block asked for >= units promised to sockets, so every socket there is
 * or may yet be can always get one smallest block, whatever the others hold.
 * Bytes are zeroed when their block is freed: what a closed socket sent or received is gone.
 */
import { CONTROL_POOL_BYTES, CONTROL_POOL_FREE } from "./abi.ts";
import { setControl } from "./control.ts";

export const ORDER_MIN: u32 = 8;
export const ORDER_MAX: u32 = 20;
const FREE_ORDERS: u32 = ORDER_MAX + 1;
export const UNIT_BYTES: u32 = 256;
export const DESCRIPTOR_BYTES: u32 = 16;

/** A descriptor. `begin` and `end` are the used part of the block; free blocks use them as links. */
@unmanaged
export class Block {
  next: usize = 0;
  /** First byte in use; while free, the previous free block. */
  begin: u32 = 0;
  /** One past the last byte in use. */
  end: u32 = 0;
  /** Order, with FREE_MARK while the block is free. */
  order: u32 = 0;
}

const FREE_MARK: u32 = 0x80;
const heads: usize = memory.data(84, 16); // one free list per order, ORDER_MAX + 1 words

let descriptors: usize = 0;
let base: usize = 0;
let units: u32 = 0;
/** The largest blocks from here to `freshEnd` were never used: in no list, their pages untouched. */
let fresh: u32 = 0;
let freshEnd: u32 = 0;
let freeBytes: u32 = 0;
let promised: u32 = 0;

/**
 * Takes over `[table, table + bytes/16)` for descriptors and `[start, start + bytes)` as pool, with a
 * smallest block promised to each of `promises` sockets, whether they live yet or not.
 */
export function initPool(table: usize, start: usize, bytes: u32, promises: u32): void {
  descriptors = table;
  base = start;
  units = bytes >> 8;
  freeBytes = units << 8;
  promised = promises;
  memory.fill(heads, 0, FREE_ORDERS << 2);
  fresh = 0;
  freshEnd = units & ~(unitsOf(ORDER_MAX) - 1);
  let unit = freshEnd;
  for (let order = ORDER_MAX - 1; unit < units; order--) {
    if (unit + unitsOf(order) > units) continue;
    link(blockAt(unit), order);
    unit += unitsOf(order);
  }
  setControl(CONTROL_POOL_BYTES, freeBytes);
  setControl(CONTROL_POOL_FREE, freeBytes);
}

export function poolBytes(): u32 {
  return units << 8;
}

function unitsOf(order: u32): u32 {
  return (<u32>1) << (order - ORDER_MIN);
}

function blockAt(unit: u32): Block {
  return changetype<Block>(descriptors + <usize>unit * DESCRIPTOR_BYTES);
}

function unitOf(block: Block): u32 {
  return <u32>(changetype<usize>(block) - descriptors) / DESCRIPTOR_BYTES;
}

/** The address of a block's first byte. */
export function bytesOf(block: Block): usize {
  return base + ((<usize>unitOf(block)) << 8);
}

export function capacityOf(block: Block): u32 {
  return (<u32>1) << block.order;
}

/** The smallest order whose blocks hold `bytes`. */
export function orderFor(bytes: u32): u32 {
  return bytes <= UNIT_BYTES ? ORDER_MIN : 32 - clz<u32>(bytes - 1);
}

/** Whether `bytes`, in blocks of any order, would fit without costing a promise. */
export function poolHasRoom(bytes: u32): bool {
  const needed = ((bytes + UNIT_BYTES - 1) >> 8) << 8;
  return freeBytes >= promised << 8 && freeBytes - (promised << 8) >= needed;
}

/** Bytes of the pool that are promised to nobody while no block is in use. */
export function unpromisedBytes(): u32 {
  return (units - promised) << 8;
}

/** A socket takes its promised block: the next `allocate(ORDER_MIN)` succeeds. */
export function redeem(): void {
  assert(promised > 0);
  promised--;
}

/** It has given the block back. */
export function promise(): void {
  promised++;
}

/** An empty block of `order`, or 0 when it would cost a promise or memory is too full or split. */
export function allocate(order: u32): usize {
  if (order > ORDER_MAX) return 0;
  const size = (<u32>1) << order;
  if (freeBytes < size || freeBytes - size < promised << 8) return 0;
  let found = order;
  let taken = take(found);
  while (taken === 0 && found < ORDER_MAX) taken = take(++found);
  if (taken === 0) return 0;
  const block = changetype<Block>(taken);
  while (found > order) {
    found--;
    link(blockAt(unitOf(block) + unitsOf(found)), found);
  }
  freeBytes -= size;
  setControl(CONTROL_POOL_FREE, freeBytes);
  block.next = 0;
  block.begin = 0;
  block.end = 0;
  block.order = order;
  return changetype<usize>(block);
}

/** Zeroes what the block held and gives it back, joined with its free neighbours. */
export function free(block: Block): void {
  assert((block.order & FREE_MARK) === 0);
  memory.fill(bytesOf(block), 0, block.end);
  let order = block.order;
  let unit = unitOf(block);
  freeBytes += (<u32>1) << order;
  while (order < ORDER_MAX) {
    const other = unit ^ unitsOf(order);
    if (other + unitsOf(order) > units) break;
    const buddy = blockAt(other);
    if (buddy.order !== (order | FREE_MARK)) break;
    unlink(buddy, order);
    buddy.order = 0;
    if (other < unit) unit = other;
    order++;
  }
  link(blockAt(unit), order);
  setControl(CONTROL_POOL_FREE, freeBytes);
}

/** A free block of `order`, out of its list; a largest one may be one never used. 0 if there is none. */
function take(order: u32): usize {
  const first = head(order);
  if (first !== 0) {
    unlink(changetype<Block>(first), order);
    return first;
  }
  if (order < ORDER_MAX || fresh === freshEnd) return 0;
  const block = blockAt(fresh);
  fresh += unitsOf(ORDER_MAX);
  return changetype<usize>(block);
}

function head(order: u32): usize {
  return load<u32>(heads + ((<usize>order) << 2));
}

function setHead(order: u32, block: usize): void {
  store<u32>(heads + ((<usize>order) << 2), <u32>block);
}

function link(block: Block, order: u32): void {
  const first = head(order);
  block.order = order | FREE_MARK;
  block.next = first;
  block.begin = 0;
  if (first !== 0) changetype<Block>(first).begin = <u32>changetype<usize>(block);
  setHead(order, changetype<usize>(block));
}

function unlink(block: Block, order: u32): void {
  if (block.begin !== 0) changetype<Block>(block.begin).next = block.next;
  else setHead(order, block.next);
  if (block.next !== 0) changetype<Block>(block.next).begin = block.begin;
}

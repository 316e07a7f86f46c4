/**
 * The core as a component: the world of wit/engine.wit, lowered by hand. scripts/build-component.mjs
 * gives these exports the names that the canonical ABI wants, and makes component.wasm of them.
 *
 * Owns nothing of the engine: it does what any host does, inside. Lists lie in an arena above the
 * engine's memory (component/heap.ts); the host writes ops there by cabi_realloc, reads events from
 * there, and says by turn_post that it has.
 */
import { INIT_WORDS } from "./abi.ts";
import { allocate, clearArena, reallocate } from "./component/arena.ts";
import { beginEvents, eventsList, eventsUsed, say, sayRecords } from "./component/events.ts";
import * as layout from "./component/layout.ts";
import { apply, caseOf } from "./component/ops.ts";
import { scratchWord } from "./control.ts";
import { delivering } from "./delivery.ts";
import { E_MESSAGE_SIZE } from "./framing/abi.ts";
import * as core from "./index.ts";

/** -1 to -6, then -64 to -68. */
const PLAIN_ERRORS: i32 = 6;
const STATUS_BYTES: i32 = 40;
/** Results that are no lists. */
const answer: usize = memory.data(STATUS_BYTES, 8);

let ready: bool = false;

export function abi_version(): i32 {
  return core.abi_version();
}

/** result<_, error> */
export function init(memoryBytes: u32, sockets: u32, windowBytes: u32): usize {
  const result = start(memoryBytes, sockets, windowBytes);
  store<u8>(answer, result < 0 ? 1 : 0, 0);
  store<u8>(answer, result < 0 ? errorCase(result) : 0, 1);
  return answer;
}

function start(memoryBytes: u32, sockets: u32, windowBytes: u32): i32 {
  store<u32>(scratchWord(0), memoryBytes);
  store<u32>(scratchWord(1), sockets);
  store<u32>(scratchWord(2), windowBytes);
  const result = core.init(INIT_WORDS);
  if (result === 0) ready = true;
  return result;
}

/** The heap begins where the engine's memory ends, so there must be an engine first. */
function ensureEngine(): void {
  if (!ready && start(0, 0, 0) < 0) unreachable();
}

/** The host wants room for lists of ops. */
export function cabi_realloc(old: usize, oldSize: u32, align: u32, size: u32): usize {
  ensureEngine();
  if (size === 0) return align;
  return oldSize === 0 ? allocate(size, align) : reallocate(old, oldSize, align, size);
}

export function turn(ops: usize, count: u32): usize {
  ensureEngine();
  beginEvents();
  for (let i: u32 = 0; i < count; i++) {
    const op = ops + i * layout.OP_BYTES;
    // There is one window: what lies in it is delivered before anything else is put there.
    if (caseOf(op) === layout.OP_RECEIVED && delivering() && !run()) return endTurn(count - i);
    tell(i, caseOf(op), apply(op));
  }
  return run() ? endTurn(-1) : endTurn(0);
}

/** The host has read the events. */
export function turn_post(_list: usize): void {
  clearArena();
}

/** result<socket-status, error> */
export function status(socket: i32): usize {
  memory.fill(answer, 0, STATUS_BYTES);
  const state = core.ready_state(socket);
  if (state < 0) {
    store<u8>(answer, 1, 0);
    store<u8>(answer, errorCase(state), 8);
    return answer;
  }
  store<u8>(answer, state, 8);
  store<u64>(answer, <u64>core.buffered_amount(socket), 16);
  store<u64>(answer, <u64>core.bytes_sent(socket), 24);
  store<u64>(answer, <u64>core.bytes_received(socket), 32);
  return answer;
}

/** Says all there is to say; false if a stepwise socket is to be asked first. */
function run(): bool {
  for (let count = core.poll(1); count > 0; count = core.poll(1)) {
    if (sayRecords(count)) return false;
  }
  return true;
}

/** What the app learns of its op. */
function tell(index: u32, kind: u32, result: i32): void {
  if (result < 0) say(layout.CASE_REFUSED, index, errorCase(result));
  else if (kind === layout.OP_OPEN) say(layout.CASE_OPENED, index, result);
  else if (kind === layout.OP_SEND && result === 0) say(layout.CASE_ABOVE_MARK, index);
}

/** list<event>; `left` ops were not done, -1: there is no more to say. */
function endTurn(left: i32): usize {
  if (left >= 0) say(layout.CASE_AGAIN, left);
  store<usize>(answer, eventsList(), 0);
  store<u32>(answer, eventsUsed(), 4);
  return answer;
}

function errorCase(result: i32): i32 {
  return result > E_MESSAGE_SIZE ? -1 - result : PLAIN_ERRORS + E_MESSAGE_SIZE - result;
}

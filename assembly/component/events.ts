/**
 * The events of a turn, as the canonical ABI lays out a list of them. Bytes are copied out of engine
 * memory, because what follows in the same turn may overwrite them there.
 *
 * Invariant: used <= room; list points at them, in the arena.
 */
import {
  CONTROL_IOV,
  CONTROL_LENGTH,
  CONTROL_RECORDS,
  EVENT_CLOSE,
  EVENT_CONNECT,
  EVENT_DATA,
  EVENT_DRAIN,
  EVENT_END,
  EVENT_ERROR,
  EVENT_MESSAGES,
  EVENT_OPEN,
  EVENT_SECURE,
  ORDER_DESTROY,
  ORDER_FINISH,
  ORDER_FLUSH,
  ORDER_PAUSE,
  ORDER_RESUME,
  ORDER_SECURE,
  ORDER_TIMER,
  RECORD_RELEASED,
} from "../abi.ts";
import { getControl } from "../control.ts";
import * as core from "../index.ts";
import { RECORD_BYTES } from "../ring.ts";
import { allocate, reallocate } from "./arena.ts";
import * as layout from "./layout.ts";
import { clearSeat, Seat, STEPWISE, seatOf, takeExternal } from "./seats.ts";

const ROOM: u32 = 32;

let list: usize = 0;
let used: u32 = 0;
let room: u32 = 0;

export function beginEvents(): void {
  list = allocate(ROOM * layout.EVENT_BYTES, 8);
  used = 0;
  room = ROOM;
}

/** One more; returns where what it carries goes. */
export function say(kind: u32, first: u32, second: u32 = 0): usize {
  if (used === room) {
    const bytes = room * layout.EVENT_BYTES;
    list = reallocate(list, bytes, 8, bytes * 2);
    room *= 2;
  }
  const event = list + used * layout.EVENT_BYTES;
  used++;
  memory.fill(event, 0, layout.EVENT_BYTES);
  store<u8>(event, kind);
  const at = event + layout.EVENT_PAYLOAD;
  store<u32>(at, first, 0);
  store<u32>(at, second, 4);
  return at;
}

export function eventsList(): usize {
  return list;
}

export function eventsUsed(): u32 {
  return used;
}

/** The records of one poll. True if one of them is an event of a stepwise socket. */
export function sayRecords(count: i32): bool {
  const records: usize = getControl(CONTROL_RECORDS);
  let stepped = false;
  for (let i = 0; i < count; i++) {
    const record = records + i * RECORD_BYTES;
    const kind = load<u32>(record);
    if (kind < <u32>ORDER_FLUSH) {
      const seat = changetype<Seat>(seatOf(load<i32>(record, 4)));
      if ((seat.flags & STEPWISE) !== 0) stepped = true;
      sayEvent(kind, record, seat);
    } else {
      sayOrder(kind, record);
    }
  }
  return stepped;
}

function sayEvent(kind: i32, record: usize, seat: Seat): void {
  const socket = load<u32>(record, 4);
  const a = load<u32>(record, 8);
  const b = load<u32>(record, 12);
  if (kind === EVENT_DATA) sayBytes(layout.CASE_DATA, socket, copied(a, b), b);
  else if (kind === EVENT_MESSAGES) sayMessages(socket, a, b, load<u32>(record, 16));
  else if (kind === EVENT_ERROR) {
    const at = say(layout.CASE_ERROR, socket, a - 1);
    store<u64>(at, load<u64>(record, 12), 8);
  } else if (kind === EVENT_CLOSE) {
    clearSeat(seat);
    say(layout.CASE_CLOSE, socket, a);
  } else if (kind === EVENT_CONNECT) say(layout.CASE_CONNECT, socket, a);
  else if (kind === EVENT_OPEN) say(layout.CASE_OPEN, socket);
  else if (kind === EVENT_DRAIN) say(layout.CASE_DRAIN, socket);
  else if (kind === EVENT_END) say(layout.CASE_END, socket);
  else if (kind === EVENT_SECURE) say(layout.CASE_SECURE, socket);
}

function sayOrder(kind: i32, record: usize): void {
  const socket = load<u32>(record, 4);
  if (kind === ORDER_FLUSH) transmit(socket);
  else if (kind === ORDER_PAUSE) say(layout.CASE_PAUSE, socket);
  else if (kind === ORDER_RESUME) say(layout.CASE_RESUME, socket);
  else if (kind === ORDER_FINISH) say(layout.CASE_FINISH, socket);
  else if (kind === ORDER_DESTROY) say(layout.CASE_DESTROY, socket);
  else if (kind === ORDER_SECURE) say(layout.CASE_START_TLS, socket);
  else if (kind === ORDER_TIMER) {
    const at = say(layout.CASE_TIMER, socket, load<u32>(record, 8));
    store<u32>(at, load<u32>(record, 12), 8);
  } else if (kind === RECORD_RELEASED) say(layout.CASE_RELEASED, socket);
}

function sayBytes(kind: u32, socket: u32, bytes: usize, length: u32): void {
  const at = say(kind, socket, <u32>bytes);
  store<u32>(at, length, 8);
}

function copied(from: usize, length: u32): usize {
  const to = allocate(length, 1);
  memory.copy(to, from, length);
  return to;
}

/** The table of (offset, size) becomes a list of lists; the bytes are copied in one go. */
function sayMessages(socket: u32, table: usize, count: u32, base: usize): void {
  const lists = allocate(count * 8, 4);
  let low: u32 = u32.MAX_VALUE;
  let high: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const offset = load<u32>(table + i * 8);
    low = min(low, offset);
    high = max(high, offset + load<u32>(table + i * 8, 4));
  }
  const bytes = copied(base + low, high - low);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(lists + i * 8, <u32>bytes + load<u32>(table + i * 8) - low, 0);
    store<u32>(lists + i * 8, load<u32>(table + i * 8, 4), 4);
  }
  const at = say(layout.CASE_MESSAGES, socket, <u32>lists);
  store<u32>(at, count, 8);
}

function transmit(socket: u32): void {
  const entries = core.gather(socket);
  if (entries <= 0) return;
  const total = getControl(CONTROL_LENGTH);
  const bytes = allocate(total, 1);
  let to = bytes;
  for (let i = 0; i < entries; i++) {
    const entry = <usize>getControl(CONTROL_IOV) + i * 8;
    const length = load<u32>(entry, 4);
    const from = load<usize>(entry);
    if (from !== 0) memory.copy(to, from, length);
    else takeExternal(changetype<Seat>(seatOf(socket)), to, length);
    to += length;
  }
  sayBytes(layout.CASE_TRANSMIT, socket, bytes, total);
}

/**
 * Handles and the records behind them.
 *
 *   handle   0 | generation (11 bits, 1..2047) | index (20 bits)
 *
 * A slot's generation moves on when the slot is freed, so an old handle finds nothing: it is
 * E_STALE, never another socket. Freed slots rest, oldest first, before they are reused, so that a
 * generation lasts for half a million sockets at least, however few live at a time.
 */
import { CONTROL_SOCKETS, PHASE_FREE } from "./abi.ts";
import { setControl } from "./control.ts";
import { SOCKET_BYTES, Socket } from "./socket.ts";

const INDEX_BITS: u32 = 20;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;
const GENERATION_MAX: u32 = 2047;
const RESTING_MIN: u32 = 256;

let table: usize = 0;
let slots: u32 = 0;
let slotsMax: u32 = 0;
let freeHead: usize = 0;
let freeTail: usize = 0;
let resting: u32 = 0;
let living: u32 = 0;

/** Takes `max * SOCKET_BYTES` zeroed bytes at `start`. */
export function initSockets(start: usize, max: u32): void {
  assert(offsetof<Socket>() <= SOCKET_BYTES);
  table = start;
  slots = 0;
  slotsMax = max;
  freeHead = 0;
  freeTail = 0;
  resting = 0;
  living = 0;
  setControl(CONTROL_SOCKETS, 0);
}

/** A zeroed record with a new handle, or 0 when all slots live. */
export function claimSocket(): usize {
  let record = resting >= RESTING_MIN || slots === slotsMax ? freeHead : 0;
  if (record !== 0) {
    freeHead = changetype<Socket>(record).next;
    if (freeHead === 0) freeTail = 0;
    resting--;
  } else {
    if (slots === slotsMax) return 0;
    record = table + <usize>slots * SOCKET_BYTES;
    changetype<Socket>(record).generation = 1;
    slots++;
  }
  const socket = changetype<Socket>(record);
  const generation = socket.generation;
  memory.fill(record, 0, SOCKET_BYTES);
  socket.generation = generation;
  socket.handle = (generation << INDEX_BITS) | (<u32>(record - table) / SOCKET_BYTES);
  setControl(CONTROL_SOCKETS, ++living);
  return record;
}

/** Ends a handle's life and zeroes the record but for its generation. */
export function freeSocket(socket: Socket): void {
  const generation = socket.generation === GENERATION_MAX ? 1 : socket.generation + 1;
  const record = changetype<usize>(socket);
  memory.fill(record, 0, SOCKET_BYTES);
  socket.generation = generation;
  if (freeTail !== 0) changetype<Socket>(freeTail).next = record;
  else freeHead = record;
  freeTail = record;
  resting++;
  setControl(CONTROL_SOCKETS, --living);
}

/** The living socket a handle names, or 0. Any i32 may come in. */
export function findSocket(handle: i32): usize {
  const index = <u32>handle & INDEX_MASK;
  if (index >= slots) return 0;
  const record = table + <usize>index * SOCKET_BYTES;
  const socket = changetype<Socket>(record);
  return socket.handle === <u32>handle && socket.phase !== <u8>PHASE_FREE ? record : 0;
}

/** Slots ever used, for the rare walk over all sockets (held.ts). */
export function slotCount(): u32 {
  return slots;
}

export function slotAt(index: u32): Socket {
  return changetype<Socket>(table + <usize>index * SOCKET_BYTES);
}

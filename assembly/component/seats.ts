/**
 * What the component keeps for a socket beside the engine: whether it is stepwise, and the bytes for
 * which the engine had no room, already framed, from the first one not gathered.
 *
 *   seat   | flags | head | tail |        piece   | next | size | begin | end | bytes ... |
 *
 * Seats are found by the socket's slot. Invariant: of a socket that lives and has not closed, the bytes
 * in its pieces are those the engine counts as external and has not gathered.
 */
import { SOCKET_BYTES } from "../socket.ts";
import { findSocket, slotAt } from "../socket-table.ts";
import { allocateRun, freeRun, granules } from "./heap.ts";

export const STEPWISE: u32 = 1;

@unmanaged
export class Seat {
  flags: u32 = 0;
  head: usize = 0;
  tail: usize = 0;
}

@unmanaged
class Piece {
  next: usize = 0;
  size: u32 = 0;
  begin: usize = 0;
  end: usize = 0;
}

const SEATS_MIN: u32 = 256;

let table: usize = 0;
let seats: u32 = 0;

/** Of a living socket; 0 when there is no memory for it. */
export function seatOf(handle: i32): usize {
  const socket = findSocket(handle);
  if (socket === 0) return 0;
  const index = <u32>(socket - changetype<usize>(slotAt(0))) / SOCKET_BYTES;
  if (index >= seats && !growTo(index)) return 0;
  return table + <usize>index * offsetof<Seat>();
}

function growTo(index: u32): bool {
  let wanted = max(seats, SEATS_MIN);
  while (wanted <= index) wanted <<= 1;
  const size = <u32>offsetof<Seat>();
  const made = allocateRun(wanted * size);
  if (made === 0) return false;
  if (table !== 0) {
    memory.copy(made, table, seats * size);
    freeRun(table, seats * size);
  }
  table = made;
  seats = wanted;
  return true;
}

/** A socket has just been opened there; or it has closed, and nothing of it is transmitted any more. */
export function clearSeat(seat: Seat): void {
  while (seat.head !== 0) dropHead(seat);
  seat.flags = 0;
}

/** Where up to `length` bytes may be put behind all that is kept, or 0. */
export function reserveExternal(seat: Seat, length: u32): usize {
  const last = changetype<Piece>(seat.tail);
  if (seat.tail !== 0 && seat.tail + last.size - last.end >= <usize>length) return last.end;
  const size = granules(length + <u32>offsetof<Piece>());
  const made = allocateRun(size);
  if (made === 0) return 0;
  const piece = changetype<Piece>(made);
  piece.size = size;
  piece.begin = made + offsetof<Piece>();
  piece.end = piece.begin;
  if (seat.tail !== 0) last.next = made;
  else seat.head = made;
  seat.tail = made;
  return piece.end;
}

/** So many of them are there now. */
export function commitExternal(seat: Seat, length: u32): void {
  changetype<Piece>(seat.tail).end += length;
}

/** Takes `length` bytes, which must be there, from the front. */
export function takeExternal(seat: Seat, to: usize, length: u32): void {
  let left = length;
  while (left !== 0 && seat.head !== 0) {
    const piece = changetype<Piece>(seat.head);
    const part = min(left, <u32>(piece.end - piece.begin));
    memory.copy(to, piece.begin, part);
    to += part;
    left -= part;
    piece.begin += part;
    if (piece.begin === piece.end) dropHead(seat);
  }
  assert(left === 0);
}

function dropHead(seat: Seat): void {
  const head = seat.head;
  const piece = changetype<Piece>(head);
  seat.head = piece.next;
  if (seat.head === 0) seat.tail = 0;
  freeRun(head, piece.size);
}

/**
 * One op of a turn, done: what lies in memory as the canonical ABI has it becomes a call of the core.
 * Decides nothing; returns what the core returned.
 */
import {
  CONTROL_ENCODED,
  CONTROL_ENCODES,
  CONTROL_LENGTH,
  E_ARG,
  E_NOMEM,
  E_STATE,
} from "../abi.ts";
import { getControl, scratchWord } from "../control.ts";
import { ENCODE_PART_BYTES_MAX } from "../framing/abi.ts";
import * as core from "../index.ts";
import { windowBytes, windowStart } from "../window.ts";
import * as layout from "./layout.ts";
import { openSocket } from "./opening.ts";
import { setFraming } from "./reframing.ts";
import { commitExternal, reserveExternal, Seat, STEPWISE, seatOf } from "./seats.ts";

export function caseOf(op: usize): u32 {
  return load<u8>(op);
}

/** What ops mean by socket 0: made by the last `open`, or none if that was refused. */
let openedLast: i32 = 0;

export function apply(op: usize): i32 {
  const from = op + layout.OP_PAYLOAD;
  const named = load<i32>(from);
  const socket = named === 0 ? openedLast : named;
  const second = load<i32>(from, 4);
  switch (caseOf(op)) {
    case layout.OP_OPEN:
      openedLast = openSocket(from);
      return openedLast;
    case layout.OP_RECEIVED:
      return receive(socket, second, load<u32>(from, 8));
    case layout.OP_SENT:
      return core.sent(socket, second);
    case layout.OP_FAILED:
      return core.failed(socket, <i32>load<u8>(from, 4) + 1);
    case layout.OP_EXPIRED:
      return core.expired(socket, load<u8>(from, 4));
    case layout.OP_SEND:
      return send(socket, second, load<u32>(from, 8));
    case layout.OP_CLAIM:
      return core.claim(socket, load<u8>(from, 4));
    case layout.OP_SET_FRAMING:
      return setFraming(socket, from + 4);
    case layout.OP_DELIVERED:
      return core.delivered(socket, second);
    default:
      return applyPlain(caseOf(op), socket);
  }
}

/** Those that carry nothing but the socket. */
function applyPlain(kind: u32, socket: i32): i32 {
  switch (kind) {
    case layout.OP_CONNECTED:
      return core.connected(socket);
    case layout.OP_SECURED:
      return core.secured(socket);
    case layout.OP_ENDED:
      return core.ended(socket);
    case layout.OP_CLOSED:
      return core.closed(socket);
    case layout.OP_SUSPEND:
      return core.suspend(socket);
    case layout.OP_RESUME:
      return core.resume(socket);
    case layout.OP_CLOSE:
      return core.close(socket);
    case layout.OP_ABORT:
      return core.abort(socket);
    case layout.OP_HALF_CLOSE:
      return core.half_close(socket);
    case layout.OP_UPGRADE:
      return upgrade(socket);
    case layout.OP_RUN_ON:
      return runOn(socket);
    default:
      return E_ARG;
  }
}

function receive(socket: i32, bytes: usize, length: u32): i32 {
  if (length <= windowBytes()) memory.copy(windowStart(), bytes, length);
  return core.received(socket, length);
}

/** Who was not stepwise may have been told more than it had seen when it asked. */
function upgrade(socket: i32): i32 {
  const seat = seatOf(socket);
  if (seat !== 0 && (changetype<Seat>(seat).flags & STEPWISE) === 0) return E_STATE;
  return core.upgrade(socket);
}

function runOn(socket: i32): i32 {
  const seat = seatOf(socket);
  if (seat !== 0) changetype<Seat>(seat).flags &= ~STEPWISE;
  return min(core.ready_state(socket), 0);
}

function send(socket: i32, payload: usize, length: u32): i32 {
  const place = core.reserve(socket, length);
  if (place < 0) return place;
  if (place === 0) return sendExternal(socket, payload, length);
  memory.copy(place, payload, length);
  return core.commit(socket, length);
}

/** The engine has no room for it: it is framed piece by piece, and kept here. */
function sendExternal(socket: i32, payload: usize, length: u32): i32 {
  const header = core.encode_begin(socket, length);
  if (header < 0) return header;
  const at = seatOf(socket);
  if (at === 0) return E_NOMEM;
  const place = reserveExternal(changetype<Seat>(at), getControl(CONTROL_LENGTH));
  if (place === 0) return E_NOMEM;
  const total = frame(socket, payload, length, header, place);
  if (total < 0) return total;
  if (total === 0) return core.commit(socket, 0); // nothing, without framing
  const result = core.send_external(socket, total);
  if (result >= 0) commitExternal(changetype<Seat>(at), total);
  return result;
}

/** Puts the frame at `place`; returns its bytes, or the refusal. */
function frame(socket: i32, payload: usize, length: u32, header: u32, place: usize): i32 {
  let to = take(place, header);
  if (getControl(CONTROL_ENCODES) === 0) {
    memory.copy(to, payload, length);
    to += length;
  } else {
    for (let done: u32 = 0; done < length; done += ENCODE_PART_BYTES_MAX) {
      const part = min(length - done, <u32>ENCODE_PART_BYTES_MAX);
      memory.copy(scratchWord(0), payload + done, part);
      const encoded = core.encode_part(socket, part);
      if (encoded < 0) return encoded;
      to = take(to, encoded);
    }
  }
  const trailer = core.encode_end(socket);
  if (trailer < 0) return trailer;
  return <i32>(take(to, trailer) - place);
}

/** What the core has encoded goes there; returns where it ends. */
function take(to: usize, count: u32): usize {
  memory.copy(to, getControl(CONTROL_ENCODED), count);
  return to + count;
}

/**
 * What the app sends: a payload becomes a frame, and the frame is queued, whole or not at all.
 *
 * Most payloads are written straight into a block (`reserve`, `commit`). Those too large for one, or
 * that find no room, stay with the binding, which has them framed piece by piece through the scratch
 * area (`encodeBegin`, `encodePart`, `encodeEnd`) and then says `sendExternal`.
 */
import {
  CONTROL_ENCODED,
  CONTROL_ENCODES,
  CONTROL_LENGTH,
  E_ARG,
  E_BUSY,
  E_LIMIT,
  E_STATE,
  NO_LIMIT,
  PHASE_ENDING,
  PHASE_OPEN,
  PHASE_SENDING,
  ROLE_LISTENER,
} from "./abi.ts";
import { SCRATCH_CARRIED_BYTES, scratchWord, setControl } from "./control.ts";
import { touch } from "./dirty.ts";
import { ENCODE_PART_BYTES_MAX, FRAMING_DELIMITED, FRAMING_NONE } from "./framing/abi.ts";
import { beginCobs } from "./framing/cobs.ts";
import { longestDelimiter } from "./framing/delimiters.ts";
import {
  beginFrame,
  checkMessage,
  encodePiece,
  encodesPayload,
  endFrame,
  frameBytesMax,
  payloadOffset,
} from "./framing/encode.ts";
import {
  belowHighWaterMark,
  commitBytes,
  gatherBytes,
  hideRoom,
  queueEnd,
  queueExternal,
  reserveBytes,
  showRoom,
} from "./send-queue.ts";
import { FLUSH_ORDERED, GONE, LOCAL_ENDED, Socket } from "./socket.ts";

/** Why a frame of `length` bytes may not be sent now, or 0 (M63, maxBufferedAmount). */
function refuseSend(socket: Socket, length: u64): i32 {
  const phase: i32 = socket.phase;
  const sending = phase === PHASE_OPEN || phase === PHASE_SENDING || phase === PHASE_ENDING;
  if (!sending || socket.role === <u8>ROLE_LISTENER) return E_STATE;
  if ((socket.flags & (LOCAL_ENDED | GONE)) !== 0) return E_STATE;
  const limited = socket.bufferedMax !== NO_LIMIT;
  return limited && socket.buffered + length > <u64>socket.bufferedMax ? E_LIMIT : 0;
}

/** Why a payload of `length` bytes may not be sent now, as far as its length tells, or 0. */
function refusePayload(socket: Socket, length: u64): i32 {
  const refusal = refuseSend(socket, socket.framing === <u8>FRAMING_NONE ? length : 0);
  const misfit = refusal === E_STATE ? 0 : checkMessage(socket, length);
  return misfit !== 0 ? misfit : refusal;
}

let reservedFor: usize = 0;
let reservedAt: usize = 0;
let reservedLength: u32 = 0;
let reservedRoom: u32 = 0;

/** Where `length` payload bytes go, or 0: they find no room and are to be sent as external. */
export function reserve(socket: Socket, length: i32): i32 {
  if (length < 0) return E_ARG;
  const refusal = refusePayload(socket, length);
  if (refusal !== 0) return refusal;
  if (socket.framing === <u8>FRAMING_NONE) return <i32>reserveBytes(socket, length);
  const room = frameBytesMax(socket, length);
  const at = reserveBytes(socket, room);
  if (at === 0) return 0;
  reservedRoom = room;
  reservedFor = changetype<usize>(socket);
  reservedAt = at;
  reservedLength = length;
  return <i32>at + payloadOffset(socket, length);
}

/** What was reserved, or is being encoded, was for another framing, or for a socket that is no more. */
export function forgetPayload(socket: Socket): void {
  hideRoom(socket);
  if (reservedFor === changetype<usize>(socket)) giveUpReserved(socket);
  if (encoding === changetype<usize>(socket) || trailing !== 0) forgetPieces(0);
}

/** The reserved place is nobody's; what may be written there is gone. */
function giveUpReserved(socket: Socket): void {
  reservedFor = 0;
  if (queueEnd(socket) === reservedAt) memory.fill(reservedAt, 0, reservedRoom);
}

/** Queues what was written at the reserved place. 1 = at or below the high-water mark. */
export function commit(socket: Socket, length: i32): i32 {
  if (length < 0) return E_ARG;
  if (socket.framing !== <u8>FRAMING_NONE) return commitFrame(socket, length);
  const refusal = refuseSend(socket, length);
  if (refusal !== 0) return refusal;
  if (length !== 0) {
    if (!commitBytes(socket, length)) return E_ARG;
    showRoom(socket);
    if (socket.inFlight === 0) touch(socket);
  }
  return belowHighWaterMark(socket) ? 1 : 0;
}

function commitFrame(socket: Socket, length: u32): i32 {
  const at = reservedAt;
  const room = reservedRoom;
  if (reservedFor !== changetype<usize>(socket)) return E_ARG;
  if (reservedLength !== length || queueEnd(socket) !== at) {
    giveUpReserved(socket);
    return E_ARG;
  }
  reservedFor = 0;
  if (encoding !== 0) forgetPieces(0); // one payload at a time is under way
  let result = frameInPlace(socket, length, at);
  if (result >= 0) {
    const refusal = refuseSend(socket, result);
    if (refusal !== 0) result = refusal;
  }
  const written = result > 0 ? <u32>result : 0;
  if (written !== room) memory.fill(at + written, 0, room - written);
  if (result < 0) return result;
  const queued = commitBytes(socket, result);
  assert(queued);
  if (socket.inFlight === 0) touch(socket);
  return belowHighWaterMark(socket) ? 1 : 0;
}

/** Makes a frame at `at` of the payload that lies at its place there. Returns its bytes. */
function frameInPlace(socket: Socket, length: u32, at: usize): i32 {
  let out = at + beginFrame(socket, length, at);
  const payload = at + payloadOffset(socket, length);
  const piece = encodePiece(socket, payload, length, 0, out);
  if (piece < 0) return piece;
  out += piece;
  const carried = carriedAfter(socket, 0, length);
  const trailer = endFrame(socket, out, out - carried, carried);
  return trailer < 0 ? trailer : <i32>(out - at) + trailer;
}

/** How many bytes of the payload so far a delimiter may begin in that ends in the next piece. */
function carriedAfter(socket: Socket, carried: u32, count: u32): u32 {
  if (socket.framing !== <u8>FRAMING_DELIMITED) return 0;
  return min(carried + count, longestDelimiter(socket.delimiters) - 1);
}

const ENCODED: i32 = 512; // words into the scratch area: behind the piece
const ENCODED_BYTES: u32 = 2048;

let encoding: usize = 0;
/** What `encodeEnd` left behind the last piece; for COBS it is plaintext. */
let trailing: u32 = 0;
let carried: u32 = 0;

/** Begins the frame of a payload that the binding keeps; returns the bytes that go in front of it. */
export function encodeBegin(socket: Socket, length: f64): i32 {
  if (!(length >= 0 && length <= 9007199254740991)) return E_ARG;
  const refusal = refusePayload(socket, <u64>length);
  if (refusal !== 0) return refusal;
  forgetPieces(0); // of a payload that was given up
  encoding = changetype<usize>(socket);
  const out = scratchWord(ENCODED);
  setControl(CONTROL_ENCODED, <u32>out);
  setControl(CONTROL_ENCODES, encodesPayload(socket) ? 1 : 0);
  setControl(CONTROL_LENGTH, frameBytesMax(socket, <u32>length));
  return beginFrame(socket, <u32>length, out);
}

/** `count` bytes of the payload lie in the scratch area; returns the bytes they become. */
export function encodePart(socket: Socket, count: i32): i32 {
  if (encoding !== changetype<usize>(socket)) return E_STATE;
  if (count < 0 || count > ENCODE_PART_BYTES_MAX) return E_ARG;
  const piece = scratchWord(0);
  const result = encodePiece(socket, piece, count, carried, scratchWord(ENCODED));
  const next = carriedAfter(socket, carried, count);
  memory.copy(piece - next, piece + count - next, next);
  carried = next;
  if (result < 0) forgetPieces(0);
  return result;
}

/** Returns the bytes that go behind the payload. */
export function encodeEnd(socket: Socket): i32 {
  if (encoding !== changetype<usize>(socket)) return E_STATE;
  const out = scratchWord(ENCODED);
  const tail = scratchWord(0) - carried;
  const result = endFrame(socket, out, tail, carried);
  forgetPieces(result > 0 ? <u32>result : 0);
  return result;
}

/** The last piece is plaintext: nothing of it stays but `left` bytes that are still to be read. */
function forgetPieces(left: u32): void {
  encoding = 0;
  carried = 0;
  trailing = left;
  beginCobs();
  memory.fill(scratchWord(0) - SCRATCH_CARRIED_BYTES, 0, SCRATCH_CARRIED_BYTES);
  memory.fill(scratchWord(0), 0, ENCODE_PART_BYTES_MAX);
  memory.fill(scratchWord(ENCODED) + left, 0, ENCODED_BYTES - left);
}

/** Queues `length` bytes that the binding keeps. 1 = at or below the high-water mark. */
export function sendExternal(socket: Socket, length: f64): i32 {
  if (!(length >= 1 && length <= 9007199254740991)) return E_ARG;
  const refusal = refuseSend(socket, <u64>length);
  if (refusal !== 0) return refusal;
  if (trailing !== 0) forgetPieces(0);
  queueExternal(socket, <u64>length);
  if (socket.inFlight === 0) touch(socket);
  return belowHighWaterMark(socket) ? 1 : 0;
}

/** Fills the table with what one write should take. Returns its entries. */
export function gather(socket: Socket): i32 {
  if (socket.inFlight !== 0) return E_BUSY;
  socket.flags &= ~FLUSH_ORDERED;
  return <i32>gatherBytes(socket);
}

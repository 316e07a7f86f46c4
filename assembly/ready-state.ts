/**
 * The state machine: one table, phase x step -> phase, and the only writer of a socket's phase.
 *
 * The app sees a phase as one of four readyStates (M23-M31). A cell of `__` means the step is not
 * allowed there: nothing changes and the caller learns it. The diagram in docs/architecture.md is
 * generated from this table through the `next_phase` and `ready_state_of` exports.
 */
import {
  CLOSED,
  CLOSING,
  CONNECTING,
  OPEN,
  PHASE_CLOSED,
  PHASE_CLOSING,
  PHASE_CONNECTING,
  PHASE_FREE,
  PHASES,
  STEPS,
} from "./abi.ts";
import { hideRoom } from "./send-queue.ts";
import { Socket } from "./socket.ts";

const __: u8 = 255;

// Rows are phases and columns are steps, both in the order of abi.ts.
// biome-ignore format: one row a phase
const TABLE: usize = memory.data<u8>([
  // connected, halfClose, end, halfEnd, close, flushed, failed, release
  __, __, __, __, __, __, __, __, // 0 free
   2,  1, __, __,  6, __,  7, __, // 1 connecting
  __,  3,  5,  4,  6, __,  7, __, // 2 open
  __,  3,  5,  5,  6, __,  7, __, // 3 receiving: our direction has ended
  __,  5, __, __,  6, __,  7, __, // 4 sending: the peer's direction has ended
  __,  5, __, __,  6,  7,  7, __, // 5 ending: both have, output is still being flushed
   6,  6,  6,  6,  6,  7,  7, __, // 6 closing
  __,  7,  7,  7,  7, __,  7,  0, // 7 closed
]);

/** The phase that follows, or -1 where the step is not allowed or an argument is out of range. */
export function nextPhase(phase: i32, step: i32): i32 {
  if (phase < 0 || phase >= PHASES || step < 0 || step >= STEPS) return -1;
  const next = load<u8>(TABLE + <usize>(phase * STEPS + step));
  return next === __ ? -1 : next;
}

export function readyStateOf(phase: i32): i32 {
  if (phase < 0 || phase >= PHASES) return -1;
  if (phase === PHASE_CONNECTING) return CONNECTING;
  if (phase === PHASE_CLOSING) return CLOSING;
  return phase === PHASE_FREE || phase === PHASE_CLOSED ? CLOSED : OPEN;
}

/** Moves a socket; false, and nothing changed, where the table has no such step. */
export function step(socket: Socket, what: i32): bool {
  hideRoom(socket); // whether it may still send, is asked anew
  const next = nextPhase(socket.phase, what);
  if (next < 0) return false;
  socket.phase = <u8>next;
  return true;
}

/** A new record's first phase; the one phase no step leads to. */
export function begin(socket: Socket, phase: i32): void {
  socket.phase = <u8>phase;
}

/**
 * How a connection fails: the first reason counts, later ones are ignored (M33).
 *
 * A failure is only noted here; turn.ts announces it as `error` and then `close`. After
 * closeImmediately, or close before open, nobody is told any more (M29, M89).
 */
import { PHASE_CLOSED } from "./abi.ts";
import { touch } from "./dirty.ts";
import { ABORTED, FAIL_PENDING, Socket } from "./socket.ts";

/** As `fail`; `detail` says what it is about: bytes announced, a rule broken. */
export function failWith(socket: Socket, reason: u32, detail: u64): void {
  if (socket.reason === 0) socket.detail = detail;
  fail(socket, reason);
}

export function fail(socket: Socket, reason: u32): void {
  if (socket.reason !== 0 || socket.phase === <u8>PHASE_CLOSED) return;
  if ((socket.flags & ABORTED) !== 0) return;
  socket.reason = reason;
  socket.flags |= FAIL_PENDING;
  touch(socket);
}

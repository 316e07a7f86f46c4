/** The numbers of the ABI by the names that scripts have for them. */
import * as abi from "../../../assembly/abi.ts";
import type { Refusal, SocketOptions } from "./shim.ts";

export const ROLES = {
  client: abi.ROLE_CLIENT,
  accepted: abi.ROLE_ACCEPTED,
  listener: abi.ROLE_LISTENER,
};
export const TIMERS = {
  connect: abi.TIMER_CONNECT,
  idle: abi.TIMER_IDLE,
  linger: abi.TIMER_LINGER,
};
export const READY_STATES = ["connecting", "open", "closing", "closed"];

const REFUSALS = new Map<number, Refusal>([
  [abi.E_ARG, "arg"],
  [abi.E_STALE, "stale"],
  [abi.E_STATE, "state"],
  [abi.E_BUSY, "busy"],
  [abi.E_NOMEM, "memory"],
  [abi.E_LIMIT, "limit"],
]);

export const REASONS = new Map([
  ["refused", abi.REASON_REFUSED],
  ["timedOut", abi.REASON_TIMED_OUT],
  ["notFound", abi.REASON_NOT_FOUND],
  ["interrupted", abi.REASON_INTERRUPTED],
  ["reset", abi.REASON_RESET],
  ["network", abi.REASON_NETWORK],
  ["engineMemory", abi.REASON_ENGINE_MEMORY],
  ["connectTimeout", abi.REASON_CONNECT_TIMEOUT],
  ["idleTimeout", abi.REASON_IDLE_TIMEOUT],
  ["tooLong", abi.REASON_MESSAGE_TOO_LONG],
  ["malformed", abi.REASON_MESSAGE_MALFORMED],
  ["incomplete", abi.REASON_MESSAGE_INCOMPLETE],
]);

export const WHY = new Map([...REASONS].map(([why, reason]) => [reason, why]));
WHY.set(abi.REASON_MESSAGE_UNTERMINATED, "tooLong");

export function refusalOf(result: number): Refusal {
  return REFUSALS.get(result) ?? "range";
}

export function wordsOf(options: SocketOptions): Record<number, number> {
  const words: [number, number | undefined][] = [
    [abi.OPEN_HIGH_WATER_MARK, options.highWaterMark],
    [abi.OPEN_LOW_WATER_MARK, options.lowWaterMark],
    [abi.OPEN_BUFFERED_MAX, options.maxBufferedAmount],
    [abi.OPEN_FLAGS, options.allowHalfOpen === true ? abi.OPEN_FLAG_HALF_OPEN : undefined],
    [abi.OPEN_CONNECT_TIMEOUT, options.connectTimeout],
    [abi.OPEN_IDLE_TIMEOUT, options.idleTimeout],
    [abi.OPEN_CONNECTIONS_MAX, options.maxConnections],
    [abi.OPEN_RECEIVE_BYTES_MAX, options.maxReceiveBytes],
  ];
  return Object.fromEntries(words.filter(([, word]) => word !== undefined)) as never;
}

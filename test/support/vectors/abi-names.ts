/** The numbers of the ABI by the names that scripts have for them. */
import * as abi from "../../../assembly/abi.ts";
import * as reasons from "../../../assembly/reasons.ts";
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
  handshake: abi.TIMER_HANDSHAKE,
};
/** By number. */
export const TIMER_NAMES = ["none", ...Object.keys(TIMERS)];
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
  ["refused", reasons.REASON_REFUSED],
  ["timedOut", reasons.REASON_TIMED_OUT],
  ["notFound", reasons.REASON_NOT_FOUND],
  ["interrupted", reasons.REASON_INTERRUPTED],
  ["reset", reasons.REASON_RESET],
  ["network", reasons.REASON_NETWORK],
  ["engineMemory", reasons.REASON_ENGINE_MEMORY],
  ["connectTimeout", reasons.REASON_CONNECT_TIMEOUT],
  ["idleTimeout", reasons.REASON_IDLE_TIMEOUT],
  ["address", reasons.REASON_ADDRESS],
  ["plaintextLeft", reasons.REASON_PLAINTEXT_LEFT],
  ["batchUnsettled", reasons.REASON_BATCH_UNSETTLED],
  ["handshakeTimeout", reasons.REASON_HANDSHAKE_TIMEOUT],
  ["tls", reasons.REASON_TLS],
  ["certificate", reasons.REASON_CERTIFICATE],
  ["tooLong", reasons.REASON_MESSAGE_TOO_LONG],
  ["malformed", reasons.REASON_MESSAGE_MALFORMED],
  ["incomplete", reasons.REASON_MESSAGE_INCOMPLETE],
]);

export const WHY = new Map([...REASONS].map(([why, reason]) => [reason, why]));
WHY.set(reasons.REASON_MESSAGE_UNTERMINATED, "tooLong");

export function refusalOf(result: number): Refusal {
  return REFUSALS.get(result) ?? "range";
}

function flagsOf({ allowHalfOpen = false, secure = false }: SocketOptions): number {
  return (allowHalfOpen ? abi.OPEN_FLAG_HALF_OPEN : 0) | (secure ? abi.OPEN_FLAG_SECURE : 0);
}

export function wordsOf(options: SocketOptions): Record<number, number> {
  const words: [number, number | undefined][] = [
    [abi.OPEN_HIGH_WATER_MARK, options.highWaterMark],
    [abi.OPEN_LOW_WATER_MARK, options.lowWaterMark],
    [abi.OPEN_BUFFERED_MAX, options.maxBufferedAmount],
    [abi.OPEN_FLAGS, flagsOf(options)],
    [abi.OPEN_CONNECT_TIMEOUT, options.connectTimeout],
    [abi.OPEN_IDLE_TIMEOUT, options.idleTimeout],
    [abi.OPEN_CONNECTIONS_MAX, options.maxConnections],
    [abi.OPEN_RECEIVE_BYTES_MAX, options.maxReceiveBytes],
    [abi.OPEN_HANDSHAKE_TIMEOUT, options.handshakeTimeout],
  ];
  return Object.fromEntries(words.filter(([, word]) => word !== undefined)) as never;
}

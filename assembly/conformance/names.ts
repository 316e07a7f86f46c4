/** The names that scripts have for the numbers of the ABI. */
import * as abi from "../abi.ts";
import { E_MESSAGE_SIZE } from "../framing/abi.ts";
import * as reasons from "../reasons.ts";

export function roleOf(name: string): i32 {
  if (name === "accepted") return abi.ROLE_ACCEPTED;
  return name === "listener" ? abi.ROLE_LISTENER : abi.ROLE_CLIENT;
}

export function timerOf(name: string): i32 {
  if (name === "connect") return abi.TIMER_CONNECT;
  if (name === "handshake") return abi.TIMER_HANDSHAKE;
  return name === "idle" ? abi.TIMER_IDLE : abi.TIMER_LINGER;
}

/** "" if nothing was refused. */
export function refusalOf(result: i32): string {
  if (result >= 0) return "";
  if (result <= E_MESSAGE_SIZE) return "range";
  if (result === abi.E_ARG) return "arg";
  if (result === abi.E_STALE) return "stale";
  if (result === abi.E_STATE) return "state";
  if (result === abi.E_BUSY) return "busy";
  return result === abi.E_LIMIT ? "limit" : "memory";
}

/** Of what a host reports. */
export function reasonOf(name: string): i32 {
  for (let reason = reasons.REASON_REFUSED; reason <= reasons.REASON_TLS_VERSION; reason++) {
    if (whyOf(reason) === name) return reason;
  }
  assert(false, "no reason " + name);
  return 0;
}

/** What an error event is called. */
export function whyOf(reason: i32): string {
  switch (reason) {
    case reasons.REASON_REFUSED:
      return "refused";
    case reasons.REASON_TIMED_OUT:
      return "timedOut";
    case reasons.REASON_NOT_FOUND:
      return "notFound";
    case reasons.REASON_INTERRUPTED:
      return "interrupted";
    case reasons.REASON_RESET:
      return "reset";
    case reasons.REASON_NETWORK:
      return "network";
    case reasons.REASON_ENGINE_MEMORY:
      return "engineMemory";
    case reasons.REASON_CONNECT_TIMEOUT:
      return "connectTimeout";
    case reasons.REASON_IDLE_TIMEOUT:
      return "idleTimeout";
    case reasons.REASON_ADDRESS:
      return "address";
    case reasons.REASON_PLAINTEXT_LEFT:
      return "plaintextLeft";
    case reasons.REASON_BATCH_UNSETTLED:
      return "batchUnsettled";
    case reasons.REASON_HANDSHAKE_TIMEOUT:
      return "handshakeTimeout";
    case reasons.REASON_TLS:
      return "tls";
    case reasons.REASON_CERTIFICATE:
      return "certificate";
    case reasons.REASON_MESSAGE_TOO_LONG:
    case reasons.REASON_MESSAGE_UNTERMINATED:
      return "tooLong";
    case reasons.REASON_MESSAGE_MALFORMED:
      return "malformed";
    case reasons.REASON_MESSAGE_INCOMPLETE:
      return "incomplete";
    default:
      return "reason " + reason.toString();
  }
}

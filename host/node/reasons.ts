/**
 * Node's error codes as the core's reasons (M59, M60). The table is the whole file.
 *
 * Happy eyeballs reports an AggregateError: the code all tries share, else the last one's.
 */
import {
  REASON_ADDRESS,
  REASON_NETWORK,
  REASON_NOT_FOUND,
  REASON_REFUSED,
  REASON_RESET,
  REASON_TIMED_OUT,
} from "../../assembly/reasons.ts";
import { onDemand } from "../on-demand.ts";

const reasons = onDemand(
  (): ReadonlyMap<string, number> =>
    new Map([
      ["ECONNREFUSED", REASON_REFUSED],
      ["EHOSTUNREACH", REASON_REFUSED],
      ["ENETUNREACH", REASON_REFUSED],
      ["EADDRNOTAVAIL", REASON_REFUSED],
      ["EACCES", REASON_REFUSED],
      ["EPERM", REASON_REFUSED],
      ["ETIMEDOUT", REASON_TIMED_OUT],
      ["ERR_SOCKET_CONNECTION_TIMEOUT", REASON_TIMED_OUT],
      ["ENOTFOUND", REASON_NOT_FOUND],
      ["ECONNRESET", REASON_RESET],
      ["EPIPE", REASON_RESET],
      ["EBADF", REASON_RESET], // Bun has closed what its peer has reset
      ["ECONNABORTED", REASON_RESET],
    ]),
);

/** Why a connection failed. */
export function reasonOf(error: unknown): number {
  const code = codeOf(flatten(error));
  if (code.startsWith("EAI_")) return REASON_NOT_FOUND;
  return reasons().get(code) ?? REASON_NETWORK;
}

/** Why a listener failed. */
export function listenReasonOf(error: unknown): number {
  const code = codeOf(error);
  if (code.startsWith("EAI_") || code === "ENOTFOUND") return REASON_NOT_FOUND;
  return REASON_ADDRESS;
}

/** The one error that stands for an AggregateError; any other error itself. */
export function flatten(error: unknown): unknown {
  if (!(error instanceof AggregateError) || error.errors.length === 0) return error;
  const [first] = error.errors;
  const agree = error.errors.every((one) => codeOf(one) === codeOf(first));
  return agree ? first : error.errors.at(-1);
}

/** The code of a system's error, or "". */
export function codeOf(error: unknown): string {
  try {
    const code = (error as { code?: unknown } | null)?.code;
    return typeof code === "string" ? code : "";
  } catch {
    return ""; // an app's look-up gave an error that throws
  }
}

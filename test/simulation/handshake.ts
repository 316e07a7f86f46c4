/**
 * The tap's stand-in for TLS: a handshake takes a while and is verified, or fails in one of the ways
 * a real one does. What is inside TLS passes as it is; what matters here is when, not how.
 */
import {
  REASON_CERTIFICATE_EXPIRED,
  REASON_CERTIFICATE_NAME,
  REASON_INTERRUPTED,
  REASON_PLAINTEXT_LEFT,
  REASON_TLS,
} from "../../assembly/reasons.ts";
import type { Choices } from "./choices.ts";

/** How one side of a handshake goes. */
export interface Handshake {
  /** Virtual milliseconds it takes; Infinity: it is dribbled for ever. */
  readonly delay: number;
  /** Why it fails, and the name its error must have; null: it does not. */
  readonly failure: readonly [reason: number, name: string] | null;
}

const FAILURES: readonly (readonly [number, string])[] = [
  [REASON_TLS, "SecurityError"], // an alert
  [REASON_CERTIFICATE_EXPIRED, "SecurityExpiredCertificateError"],
  [REASON_CERTIFICATE_NAME, "SecurityCertificateDomainMismatchError"],
  [REASON_INTERRUPTED, "NetworkInterruptError"], // the peer's FIN
  [REASON_PLAINTEXT_LEFT, "SecurityError"], // the host had read plaintext
];

/** @param ends whether somebody looks at the clock: then it may go on for ever */
export function anyHandshake(choices: Choices, ends: boolean): Handshake {
  const delay = choices.of([0, 1, 30]);
  if (!choices.chance(25)) return { delay, failure: null };
  if (ends && choices.chance(30)) return { delay: Number.POSITIVE_INFINITY, failure: null };
  return { delay, failure: choices.of(FAILURES) };
}

/**
 * Why TLS failed, in the words of node:tls: the code of the error, the core's reason, and the alert that
 * tells the peer. The tables are the whole file.
 */
import {
  REASON_BAD_CERTIFICATE,
  REASON_CERTIFICATE,
  REASON_CERTIFICATE_EXPIRED,
  REASON_CERTIFICATE_NAME,
  REASON_CERTIFICATE_REVOKED,
  REASON_CERTIFICATE_TYPE,
  REASON_INTERRUPTED,
  REASON_KEY_USAGE,
  REASON_NO_CERTIFICATE,
  REASON_PLAINTEXT_LEFT,
  REASON_TLS,
  REASON_TLS_VERSION,
  REASON_UNKNOWN_ISSUER,
} from "../../assembly/reasons.ts";

export const CLOSE_NOTIFY = 0;

export type FailureCode =
  | "CERT_HAS_EXPIRED"
  | "CERT_NOT_YET_VALID"
  | "CERT_REVOKED"
  | "DEPTH_ZERO_SELF_SIGNED_CERT"
  | "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
  | "INVALID_PURPOSE"
  | "ERR_TLS_CERT_ALTNAME_INVALID"
  | "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE"
  | "ERR_SSL_WRONG_VERSION_NUMBER"
  | "ERR_SSL_UNSUPPORTED_PROTOCOL"
  | "ERR_SSL_PACKET_LENGTH_TOO_LONG"
  | "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
  | "ERR_SSL_UNEXPECTED_MESSAGE"
  | "ERR_SSL_DECODE_ERROR"
  | "ERR_SSL_NO_APPLICATION_PROTOCOL"
  | "ERR_SSL_NO_SUITABLE_CERTIFICATE"
  | "ERR_SSL_HANDSHAKE_FAILURE"
  | "ECONNRESET";

/** Code → its words, our reason, and the alert we send; null: none. */
const FAILURES: Readonly<Record<FailureCode, readonly [string, number, number | null]>> = {
  CERT_HAS_EXPIRED: ["certificate has expired", REASON_CERTIFICATE_EXPIRED, 45],
  CERT_NOT_YET_VALID: ["certificate is not yet valid", REASON_CERTIFICATE_EXPIRED, 42],
  CERT_REVOKED: ["certificate revoked", REASON_CERTIFICATE_REVOKED, 44],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["self-signed certificate", REASON_UNKNOWN_ISSUER, 48],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "unable to verify the first certificate",
    REASON_UNKNOWN_ISSUER,
    48,
  ],
  INVALID_PURPOSE: ["unsuitable certificate purpose", REASON_KEY_USAGE, 43],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the host is not in the certificate's names",
    REASON_CERTIFICATE_NAME,
    42,
  ],
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: [
    "peer did not return a certificate",
    REASON_NO_CERTIFICATE,
    116,
  ],
  ERR_SSL_WRONG_VERSION_NUMBER: ["wrong version number", REASON_TLS_VERSION, 70],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ["unsupported protocol", REASON_TLS_VERSION, 70],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ["packet length too long", REASON_TLS, 22],
  ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: [
    "decryption failed or bad record mac",
    REASON_TLS,
    20,
  ],
  ERR_SSL_UNEXPECTED_MESSAGE: ["unexpected message", REASON_TLS, 10],
  ERR_SSL_DECODE_ERROR: ["decode error", REASON_TLS, 50],
  ERR_SSL_NO_APPLICATION_PROTOCOL: ["no application protocol", REASON_TLS, 120],
  ERR_SSL_NO_SUITABLE_CERTIFICATE: ["no certificate for that name", REASON_TLS, 112],
  ERR_SSL_HANDSHAKE_FAILURE: ["handshake failure", REASON_TLS, 40],
  /** Node's word for a FIN in the handshake. */
  ECONNRESET: [
    "disconnected before secure TLS connection was established",
    REASON_INTERRUPTED,
    null,
  ],
};

/** Alert → its words, and the reason of whoever is told; REASON_TLS where there is none. */
const ALERTS: Readonly<Record<number, readonly [words: string, reason?: number]>> = {
  10: ["unexpected message"],
  20: ["bad record mac"],
  22: ["record overflow"],
  40: ["handshake failure"],
  42: ["bad certificate", REASON_BAD_CERTIFICATE],
  43: ["unsupported certificate", REASON_CERTIFICATE_TYPE],
  44: ["certificate revoked"],
  45: ["certificate expired"],
  48: ["unknown ca"],
  50: ["decode error"],
  70: ["protocol version", REASON_TLS_VERSION],
  112: ["unrecognized name"],
  116: ["certificate required", REASON_NO_CERTIFICATE],
  120: ["no application protocol"],
};

/** What the sink is told, and the peer. */
export class TlsFailure extends Error {
  readonly code: string;
  readonly reason: number;
  /** What the peer is sent; null for nothing. */
  readonly alert: number | null;
  /** The app's own error, where it was the app's callback that refused. */
  readonly told: Error;

  constructor(code: string, words: string, reason: number, alert: number | null, told?: Error) {
    super(words);
    this.code = code;
    this.reason = reason;
    this.alert = alert;
    this.told = told ?? this;
  }
}

/** A failure found on this side. */
export function failure(code: FailureCode, subject = ""): TlsFailure {
  const [words, reason, alert] = FAILURES[code];
  return new TlsFailure(code, subject === "" ? words : `${words}: ${subject}`, reason, alert);
}

/** What the app's own check of the certificate says. */
export function refusedByApp(error: Error): TlsFailure {
  const { code } = error as { code?: unknown };
  const known = Object.hasOwn(FAILURES, String(code)) ? FAILURES[code as FailureCode] : undefined;
  const reason = known?.[1] ?? REASON_CERTIFICATE;
  return new TlsFailure(String(code ?? ""), error.message, reason, 42, error);
}

/** A failure that the peer has found and told by an alert. */
export function alerted(alert: number): TlsFailure {
  const [words, reason = REASON_TLS] = ALERTS[alert] ?? [`number ${alert}`];
  const code = `ERR_SSL_ALERT_${words.toUpperCase().replaceAll(" ", "_")}`;
  return new TlsFailure(code, `alert ${words}: SSL alert number ${alert}`, reason, null);
}

/** In front of a handshake that was to follow plaintext, what is no record is plaintext put in (M107). */
export function injected(found: TlsFailure): TlsFailure {
  if (found.code !== "ERR_SSL_WRONG_VERSION_NUMBER") return found;
  return new TlsFailure(found.code, found.message, REASON_PLAINTEXT_LEFT, found.alert);
}

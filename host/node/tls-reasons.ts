/**
 * Why a TLS handshake failed, as the core's reasons (M55-M57, M60). The tables are the whole file.
 *
 * OpenSSL's verification gives codes; its protocol errors come as `ERR_SSL_...`, or as words within
 * the message of an EPROTO, so these are looked for as words.
 */
import {
  REASON_BAD_CERTIFICATE,
  REASON_CERTIFICATE,
  REASON_CERTIFICATE_EXPIRED,
  REASON_CERTIFICATE_NAME,
  REASON_CERTIFICATE_REVOKED,
  REASON_CERTIFICATE_TYPE,
  REASON_CERTIFICATE_UNTRUSTED,
  REASON_INTERRUPTED,
  REASON_INVALID_ISSUER,
  REASON_KEY_USAGE,
  REASON_NO_CERTIFICATE,
  REASON_PLAINTEXT_LEFT,
  REASON_TLS,
  REASON_TLS_VERSION,
  REASON_UNKNOWN_ISSUER,
  REASON_WEAK_SIGNATURE,
} from "../../assembly/reasons.ts";
import { onDemand } from "../on-demand.ts";
import { codeOf, reasonOf } from "./reasons.ts";

const verification = onDemand(
  (): ReadonlyMap<string, number> =>
    new Map([
      ["CERT_HAS_EXPIRED", REASON_CERTIFICATE_EXPIRED],
      ["CERT_NOT_YET_VALID", REASON_CERTIFICATE_EXPIRED],
      ["CERT_REVOKED", REASON_CERTIFICATE_REVOKED],
      ["DEPTH_ZERO_SELF_SIGNED_CERT", REASON_UNKNOWN_ISSUER],
      ["SELF_SIGNED_CERT_IN_CHAIN", REASON_UNKNOWN_ISSUER],
      ["UNABLE_TO_GET_ISSUER_CERT", REASON_UNKNOWN_ISSUER],
      ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", REASON_UNKNOWN_ISSUER],
      ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", REASON_UNKNOWN_ISSUER],
      ["CERT_UNTRUSTED", REASON_CERTIFICATE_UNTRUSTED],
      ["CERT_REJECTED", REASON_CERTIFICATE_UNTRUSTED],
      ["CERT_CHAIN_TOO_LONG", REASON_INVALID_ISSUER],
      ["PATH_LENGTH_EXCEEDED", REASON_INVALID_ISSUER],
      ["INVALID_CA", REASON_INVALID_ISSUER],
      ["INVALID_PURPOSE", REASON_KEY_USAGE],
      ["ERR_TLS_CERT_ALTNAME_INVALID", REASON_CERTIFICATE_NAME],
      ["HOSTNAME_MISMATCH", REASON_CERTIFICATE_NAME],
      ["CERT_SIGNATURE_FAILURE", REASON_CERTIFICATE],
      ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", REASON_CERTIFICATE],
      ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", REASON_CERTIFICATE],
      ["ERROR_IN_CERT_NOT_BEFORE_FIELD", REASON_CERTIFICATE],
      ["ERROR_IN_CERT_NOT_AFTER_FIELD", REASON_CERTIFICATE],
      ["CERT_SIGNATURE_ALGORITHM_DISABLED", REASON_WEAK_SIGNATURE],
    ]),
);

/** The first whose words come counts. */
const protocol = onDemand((): readonly (readonly [string, number])[] => [
  ["md too weak", REASON_WEAK_SIGNATURE],
  ["unsupported protocol", REASON_TLS_VERSION],
  ["alert protocol version", REASON_TLS_VERSION],
  ["wrong version number", REASON_TLS_VERSION],
  ["tls12notoffered", REASON_TLS_VERSION], // rustls, in Deno
  ["alert bad certificate", REASON_BAD_CERTIFICATE],
  ["alert certificate required", REASON_NO_CERTIFICATE],
  ["did not return a certificate", REASON_NO_CERTIFICATE],
  ["alert unsupported certificate", REASON_CERTIFICATE_TYPE],
]);

/** Plaintext that Node has read and not handed out when TLS begins. */
export class PlaintextLeft extends Error {
  constructor(count: number) {
    super(`${count} bytes in the host's stream`);
  }
}

const blamed = new WeakMap<Error, number>();

/** A callback of the app's has failed the handshake with this error. */
export function blame(error: Error, reason: number): void {
  blamed.set(error, reason);
}

/** Why a connection with TLS failed; before it is `verified` it is the handshake that did. */
export function tlsReasonOf(error: unknown, verified: boolean): number {
  if (error instanceof PlaintextLeft) return REASON_PLAINTEXT_LEFT;
  const code = codeOf(error);
  const known = verification().get(code);
  if (known !== undefined) return known;
  const told = error instanceof Error ? blamed.get(error) : undefined;
  if (told !== undefined) return told;
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) return protocolReason(code, error);
  if (code.startsWith("ERR_TLS_")) return REASON_TLS;
  if (verified || (error as { syscall?: unknown } | null)?.syscall !== undefined) {
    return reasonOf(error);
  }
  // What is left without a system call is a FIN, in Node's words, or a certificate.
  if (code === "ECONNRESET") return REASON_INTERRUPTED;
  return code === "" ? REASON_TLS : certificateReason(error as Error);
}

/** OpenSSL has more reasons against a certificate than Node has codes. */
function certificateReason({ message }: Error): number {
  return /too weak|too small/.test(message) ? REASON_WEAK_SIGNATURE : REASON_CERTIFICATE;
}

function protocolReason(code: string, error: unknown): number {
  const words = wordsOf(code, error);
  return protocol().find(([told]) => words.includes(told))?.[1] ?? REASON_TLS;
}

/** What came in place of a handshake is not TLS. */
export function isPlaintext(error: unknown): boolean {
  const words = wordsOf(codeOf(error), error);
  return ["wrong version number", "http request", "http proxy request"].some((told) =>
    words.includes(told),
  );
}

function wordsOf(code: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return `${code} ${message}`.toLowerCase().replaceAll("_", " ");
}

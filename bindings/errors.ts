/**
 * Every failure of a connection: one table from the core's reasons to Mozilla's names (M42, M53-M60),
 * and the error object made of it. Misuse by the caller is never here: it throws at once.
 */
import {
  REASON_ADDRESS,
  REASON_BAD_CERTIFICATE,
  REASON_BATCH_UNSETTLED,
  REASON_CERTIFICATE,
  REASON_CERTIFICATE_EXPIRED,
  REASON_CERTIFICATE_NAME,
  REASON_CERTIFICATE_REVOKED,
  REASON_CERTIFICATE_TYPE,
  REASON_CERTIFICATE_UNTRUSTED,
  REASON_CONNECT_TIMEOUT,
  REASON_ENGINE_FAILED,
  REASON_ENGINE_MEMORY,
  REASON_HANDSHAKE_TIMEOUT,
  REASON_IDLE_TIMEOUT,
  REASON_INTERRUPTED,
  REASON_INVALID_ISSUER,
  REASON_KEY_USAGE,
  REASON_MESSAGE_INCOMPLETE,
  REASON_MESSAGE_MALFORMED,
  REASON_MESSAGE_TOO_LONG,
  REASON_MESSAGE_UNTERMINATED,
  REASON_NETWORK,
  REASON_NO_CERTIFICATE,
  REASON_NOT_FOUND,
  REASON_PLAINTEXT_LEFT,
  REASON_REFUSED,
  REASON_RESET,
  REASON_TIMED_OUT,
  REASON_TLS,
  REASON_TLS_VERSION,
  REASON_UNKNOWN_ISSUER,
  REASON_WEAK_SIGNATURE,
} from "../assembly/reasons.ts";
import { onDemand } from "../host/on-demand.ts";

interface Failure {
  /** Mozilla's name (M54). */
  readonly name: string;
  /** Mozilla's error class: the `message` of the event (M42). */
  readonly class: "Network" | "SecurityProtocol" | "SecurityCertificate";
  /** Gecko's nsresult. */
  readonly errorCode: number;
  /** What happened, for people. */
  readonly text: string;
}

function network(name: string, errorCode: number, text: string): Failure {
  return { name, class: "Network", errorCode, text };
}

/** NSS codes: `number` counts down from the start of their range (M56, M57). */
function certificate(name: string, number: number, text: string): Failure {
  return { name, class: "SecurityCertificate", errorCode: 0x805a2000 - number, text };
}

function tls(name: string, number: number, text: string): Failure {
  return { name, class: "SecurityProtocol", errorCode: 0x805a3000 - number, text };
}

const BAD_SIGNATURE = 10;
const HANDSHAKE_FAILURE = 61;

const NETWORK_FAILURE: Failure = network("NetworkError", 0x804b0014, "the network failed");

const failures = onDemand(
  (): ReadonlyMap<number, Failure> =>
    new Map([
      [REASON_REFUSED, network("ConnectionRefusedError", 0x804b000d, "the connection was refused")],
      [REASON_TIMED_OUT, network("NetworkTimeoutError", 0x804b000e, "the connection timed out")],
      [REASON_NOT_FOUND, network("DomainNotFoundError", 0x804b001e, "the host name was not found")],
      [
        REASON_INTERRUPTED,
        network("NetworkInterruptError", 0x804b0047, "the connection ended unexpectedly"),
      ],
      [REASON_RESET, network("NetworkError", 0x804b0014, "the peer reset the connection")],
      [REASON_NETWORK, NETWORK_FAILURE],
      [
        REASON_ENGINE_MEMORY,
        network(
          "NetworkError",
          0x804b0014,
          "engine memory is full and this socket held most of it",
        ),
      ],
      [REASON_ENGINE_FAILED, network("NetworkError", 0x804b0014, "the engine failed")],
      [
        REASON_CONNECT_TIMEOUT,
        network("NetworkTimeoutError", 0x804b000e, "connecting took longer than connectTimeout"),
      ],
      [
        REASON_IDLE_TIMEOUT,
        network("NetworkTimeoutError", 0x804b000e, "no byte passed for idleTimeout"),
      ],
      [REASON_ADDRESS, network("NetworkError", 0x804b0036, "the address cannot be listened on")],
      [REASON_MESSAGE_TOO_LONG, network("NetworkError", 0x804b001d, "a message is too long")],
      [REASON_MESSAGE_UNTERMINATED, network("NetworkError", 0x804b001d, "a message does not end")],
      [REASON_MESSAGE_MALFORMED, network("NetworkError", 0x804b001d, "what came is no message")],
      [
        REASON_MESSAGE_INCOMPLETE,
        network("NetworkInterruptError", 0x804b0047, "the connection ended within a message"),
      ],
      [
        REASON_PLAINTEXT_LEFT,
        tls("SecurityError", HANDSHAKE_FAILURE, "plaintext came in front of the TLS handshake"),
      ],
      [
        REASON_BATCH_UNSETTLED,
        tls("SecurityError", HANDSHAKE_FAILURE, "upgradeToSecure() in a batch without stopAfter()"),
      ],
      [
        REASON_HANDSHAKE_TIMEOUT,
        network("NetworkTimeoutError", 0x804b000e, "the TLS handshake took too long"),
      ],
      [REASON_TLS, tls("SecurityError", HANDSHAKE_FAILURE, "TLS failed")],
      [
        REASON_CERTIFICATE,
        certificate("SecurityError", BAD_SIGNATURE, "the certificate is refused"),
      ],
      [
        REASON_CERTIFICATE_EXPIRED,
        certificate("SecurityExpiredCertificateError", 11, "the certificate is not valid today"),
      ],
      [
        REASON_CERTIFICATE_REVOKED,
        certificate("SecurityRevokedCertificateError", 12, "the certificate is revoked"),
      ],
      [
        REASON_UNKNOWN_ISSUER,
        certificate("SecurityUntrustedCertificateIssuerError", 13, "nobody trusted has issued it"),
      ],
      [
        REASON_CERTIFICATE_UNTRUSTED,
        certificate(
          "SecurityUntrustedCertificateIssuerError",
          21,
          "the certificate is not trusted",
        ),
      ],
      [
        REASON_INVALID_ISSUER,
        certificate("SecurityUntrustedCertificateIssuerError", 36, "its issuer may not issue any"),
      ],
      [
        REASON_KEY_USAGE,
        certificate("SecurityInadequateKeyUsageError", 90, "the certificate is for another use"),
      ],
      [
        REASON_WEAK_SIGNATURE,
        certificate(
          "SecurityCertificateSignatureAlgorithmDisabledError",
          176,
          "the certificate is signed with an algorithm too weak",
        ),
      ],
      [
        REASON_CERTIFICATE_NAME,
        {
          ...tls(
            "SecurityCertificateDomainMismatchError",
            12,
            "the certificate is somebody else's",
          ),
          class: "SecurityCertificate",
        },
      ],
      [REASON_NO_CERTIFICATE, tls("SecurityNoCertificateError", 3, "a certificate is missing")],
      [REASON_BAD_CERTIFICATE, tls("SecurityBadCertificateError", 4, "the peer refuses ours")],
      [
        REASON_CERTIFICATE_TYPE,
        tls("SecurityUnsupportedCertificateTypeError", 8, "the peer cannot use our certificate"),
      ],
      [
        REASON_TLS_VERSION,
        tls("SecurityUnsupportedTLSVersionError", 9, "no version of TLS in common"),
      ],
    ]),
);

/**
 * Why a connection failed. Never thrown by a call: it comes with an `error` event. `message` says
 * what happened, in the system's words too, and where docs/errors.md says what to do about it.
 *
 * @example
 * ```js
 * const socket = new TCPSocket("localhost", 1); // nobody listens there
 * socket.onerror = ({ error }) => {
 *   console.log(error.name, error.code); // ConnectionRefusedError ECONNREFUSED
 *   console.log(error.message.match(/\((.*)\)$/)[1]); // docs/errors.md#connectionrefusederror
 * };
 * ```
 */
export class TCPSocketError extends Error {
  /** Mozilla's name, such as `"ConnectionRefusedError"` (M54, M56, M57). */
  override readonly name: string;
  /** Gecko's nsresult (M54). */
  readonly errorCode: number;
  /** The host's code, such as `"ECONNREFUSED"`; the name where the host gave none. */
  readonly code: string;
  /** Mozilla's error class, the `message` of the event (M42). */
  readonly errorClass: string;

  /**
   * @param reason a reason of assembly/abi.ts
   * @param cause the host's own error, if there is one
   */
  constructor(reason: number, cause?: unknown) {
    const failure = failures().get(reason) ?? NETWORK_FAILURE;
    super(sentence(failure, cause), cause === undefined ? undefined : { cause });
    this.name = failure.name;
    this.errorCode = failure.errorCode;
    this.code = textOf(cause, "code") ?? failure.name;
    this.errorClass = failure.class;
  }
}

function sentence({ name, text }: Failure, cause: unknown): string {
  const words = textOf(cause, "message")?.trim().replaceAll(/\s+/g, " ") ?? "";
  const detail = words === "" ? "" : `: ${words}`;
  return `${text}${detail} (docs/errors.md#${name.toLowerCase()})`;
}

/** The cause may be an app's, from a look-up or a check of its own, and its properties may throw. */
function textOf(cause: unknown, name: "code" | "message"): string | undefined {
  try {
    const text = (cause as Record<string, unknown> | null | undefined)?.[name];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

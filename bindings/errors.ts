/**
 * Every failure of a connection: one table from the core's reasons to Mozilla's names (M42, M53-M60),
 * and the error object made of it. Misuse by the caller is never here: it throws at once.
 */
import {
  REASON_ADDRESS,
  REASON_CONNECT_TIMEOUT,
  REASON_ENGINE_FAILED,
  REASON_ENGINE_MEMORY,
  REASON_IDLE_TIMEOUT,
  REASON_INTERRUPTED,
  REASON_MESSAGE_INCOMPLETE,
  REASON_MESSAGE_MALFORMED,
  REASON_MESSAGE_TOO_LONG,
  REASON_MESSAGE_UNTERMINATED,
  REASON_NETWORK,
  REASON_NOT_FOUND,
  REASON_REFUSED,
  REASON_RESET,
  REASON_TIMED_OUT,
} from "../assembly/abi.ts";

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

const NETWORK_FAILURE: Failure = network("NetworkError", 0x804b0014, "the network failed");

const FAILURES: ReadonlyMap<number, Failure> = new Map([
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
    network("NetworkError", 0x804b0014, "engine memory is full and this socket held most of it"),
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
]);

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
    const failure = FAILURES.get(reason) ?? NETWORK_FAILURE;
    super(sentence(failure, cause), cause === undefined ? undefined : { cause });
    this.name = failure.name;
    this.errorCode = failure.errorCode;
    this.code = codeOf(cause) ?? failure.name;
    this.errorClass = failure.class;
  }
}

function sentence({ name, text }: Failure, cause: unknown): string {
  const detail = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
  return `${text}${detail} (docs/errors.md#${name.toLowerCase()})`;
}

function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/**
 * The events of sockets and servers (M35-M44). Those the engine fires are trusted, do not bubble and
 * cannot be cancelled; those made by hand are what they are made to be, but trusted. What they
 * share, and how they are fired, is in socket-event.ts.
 */
import type { TCPSocketError } from "./errors.ts";
import { firedLike, type Manner, SocketEvent } from "./socket-event.ts";
import type { TCPSocket } from "./tcp-socket.ts";

/** `open`, `data`, `messages`, `drain`, `end`, `close`. */
export class TCPSocketEvent<T = unknown> extends SocketEvent {
  /** For `data` what was received, for `messages` the batch, else undefined (M36, M38, M39). */
  readonly data: T;

  constructor(type: string, init: { data?: T } & Manner = {}) {
    super(type, init);
    this.data = ("data" in init ? init.data : null) as T;
  }
}

/** An event of the engine's own with data, as it is while `target` dispatches it. */
export const dataEvent: <T>(type: string, data: T, target: EventTarget) => TCPSocketEvent<T> =
  firedLike(TCPSocketEvent);

/** What `event.data` of an error was in the JS era. */
export interface ErrorData {
  /** The same as the event's. */
  name: string;
  /** The same as the event's. */
  message: string;
}

/** `error` of a socket or server: what failed, in Mozilla's words (M42). */
export class TCPSocketErrorEvent extends SocketEvent {
  /** Such as `"ConnectionRefusedError"` (M54). */
  readonly name: string;
  /** `"Network"`, `"SecurityProtocol"` or `"SecurityCertificate"` (M42). */
  readonly message: string;
  /** Gecko's nsresult, or 0. */
  readonly errorCode: number;
  /** The error itself, readable, with `cause`. */
  readonly error: TCPSocketError | null;

  constructor(
    type: string,
    init: {
      name?: string;
      message?: string;
      errorCode?: number;
      error?: TCPSocketError | null;
    } & Manner = {},
  ) {
    super(type, init);
    this.name = init.name ?? "";
    this.message = init.message ?? "";
    this.errorCode = init.errorCode ?? 0;
    this.error = init.error ?? null;
  }

  /** What the callbacks of the JS era read: `event.data.name` (M43). */
  get data(): ErrorData {
    return { name: this.name, message: this.message };
  }
}

/** `connect` of a server: a connection was accepted (M116). */
export class TCPServerSocketEvent extends SocketEvent {
  /** The accepted socket, `open`; its data waits until this event has been dispatched (M94). */
  readonly socket: TCPSocket | null;

  constructor(type: string, init: { socket?: TCPSocket | null } & Manner = {}) {
    super(type, init);
    this.socket = init.socket ?? null;
  }
}

/** The `error` event of a failure. */
export function errorEvent(error: TCPSocketError): TCPSocketErrorEvent {
  const { name, errorClass, errorCode } = error;
  return new TCPSocketErrorEvent("error", { name, message: errorClass, errorCode, error });
}

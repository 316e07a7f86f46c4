/**
 * The events of sockets and servers (M35-M44). None bubbles, none can be cancelled; those the
 * engine fires are trusted, those made by hand are not.
 */
import type { TCPSocketError } from "./errors.ts";
import type { TCPSocket } from "./tcp-socket.ts";

let dispatch: (target: EventTarget, event: SocketEvent) => void;

class SocketEvent extends Event {
  #trusted = false;
  #current: EventTarget | null = null;

  static {
    dispatch = (target, event) => {
      event.#trusted = true;
      event.#current = target;
      target.dispatchEvent(event);
      event.#current = null;
    };
  }

  /** True for events the engine fires (M35). */
  override get isTrusted(): boolean {
    return this.#trusted;
  }

  /** The socket or server, for every listener; Node 20's own tells it to the first only. */
  override get currentTarget(): EventTarget | null {
    return this.#current ?? super.currentTarget;
  }
}

/** Fires an event of the engine's own (M35). */
export function fire(target: EventTarget, event: SocketEvent): void {
  dispatch(target, event);
}

/** `open`, `data`, `messages`, `drain`, `end`, `close`. */
export class TCPSocketEvent<T = unknown> extends SocketEvent {
  /** For `data` what was received, for `messages` the batch, else undefined (M36, M38, M39). */
  readonly data: T;

  constructor(type: string, init: { data?: T } = {}) {
    super(type);
    this.data = ("data" in init ? init.data : null) as T;
  }
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
    } = {},
  ) {
    super(type);
    this.name = init.name ?? "";
    this.message = init.message ?? "";
    this.errorCode = init.errorCode ?? 0;
    this.error = init.error ?? null;
  }

  /** What the callbacks of the JS era read: `event.data.name` (M43). */
  get data(): { name: string; message: string } {
    return { name: this.name, message: this.message };
  }
}

/** `connect` of a server: a connection was accepted (M116). */
export class TCPServerSocketEvent extends SocketEvent {
  /** The accepted socket, `open`; its data waits until this event has been dispatched (M94). */
  readonly socket: TCPSocket | null;

  constructor(type: string, init: { socket?: TCPSocket | null } = {}) {
    super(type);
    this.socket = init.socket ?? null;
  }
}

/** The `error` event of a failure. */
export function errorEvent(error: TCPSocketError): TCPSocketErrorEvent {
  const { name, errorClass, errorCode } = error;
  return new TCPSocketErrorEvent("error", { name, message: errorClass, errorCode, error });
}

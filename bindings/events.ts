/**
 * The events of sockets and servers (M35-M44). Those the engine fires are trusted, do not bubble and
 * cannot be cancelled; those made by hand are what they are made to be, but trusted.
 */
import type { TCPSocketError } from "./errors.ts";
import type { TCPSocket } from "./tcp-socket.ts";

let trust: (event: SocketEvent) => void;
let setTarget: (event: SocketEvent, target: EventTarget | null) => void;
let stopped: (event: SocketEvent) => boolean;

/** What every event made by hand may be given; the platform's name for it is the DOM's. */
interface Manner {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

/** What an event of ours knows beside what Event does: the platform does not dispatch it. */
class SocketEvent extends Event {
  #trusted = false;
  #stopped = false;
  #target: EventTarget | null = null;
  #dispatching = false;

  static {
    trust = (event) => {
      event.#trusted = true;
    };
    setTarget = (event, target) => {
      if (target !== null) event.#target = target;
      event.#dispatching = target !== null;
      event.#stopped = false;
    };
    stopped = (event) => event.#stopped;
  }

  /** True for events the engine fires (M35). */
  override get isTrusted(): boolean {
    return this.#trusted;
  }

  override get target(): EventTarget | null {
    return this.#target ?? super.target;
  }

  override get srcElement(): EventTarget | null {
    return this.target;
  }

  override get currentTarget(): EventTarget | null {
    return this.#dispatching ? this.#target : super.currentTarget;
  }

  override get eventPhase(): 0 | 2 {
    return this.#dispatching ? 2 : (super.eventPhase as 0 | 2);
  }

  override composedPath(): [] | [EventTarget] {
    if (this.#dispatching && this.#target !== null) return [this.#target];
    return super.composedPath() as [] | [EventTarget];
  }

  override stopImmediatePropagation(): void {
    this.#stopped = true;
    super.stopImmediatePropagation();
  }
}

/** Fires an event of the engine's own (M35). */
export function fire(target: EventTarget, event: SocketEvent): void {
  trust(event);
  target.dispatchEvent(event);
}

/** The foreign events that are being dispatched and have been stopped. */
const stoppedForeign = new WeakSet<Event>();

/** `target` begins to dispatch the event; one that is not ours is told so through own properties. */
export function beginDispatch(event: Event, target: EventTarget): void {
  if (event.eventPhase !== Event.NONE) {
    throw new DOMException("the event is being dispatched already", "InvalidStateError");
  }
  if (event instanceof SocketEvent) {
    setTarget(event, target);
    return;
  }
  const stop = (): void => {
    stoppedForeign.add(event);
  };
  const shown = { target, srcElement: target, currentTarget: target, eventPhase: Event.AT_TARGET };
  for (const [name, value] of Object.entries({ ...shown, stopImmediatePropagation: stop })) {
    Object.defineProperty(event, name, { value, configurable: true });
  }
}

/** `beginDispatch` taken back. */
export function endDispatch(event: Event): void {
  if (event instanceof SocketEvent) {
    setTarget(event, null);
    return;
  }
  stoppedForeign.delete(event);
  Object.defineProperty(event, "currentTarget", { value: null, configurable: true });
  Object.defineProperty(event, "eventPhase", { value: Event.NONE, configurable: true });
}

/** Whether stopImmediatePropagation() was called in this dispatch. */
export function isStopped(event: Event): boolean {
  return event instanceof SocketEvent ? stopped(event) : stoppedForeign.has(event);
}

/** `open`, `data`, `messages`, `drain`, `end`, `close`. */
export class TCPSocketEvent<T = unknown> extends SocketEvent {
  /** For `data` what was received, for `messages` the batch, else undefined (M36, M38, M39). */
  readonly data: T;

  constructor(type: string, init: { data?: T } & Manner = {}) {
    super(type, init);
    this.data = ("data" in init ? init.data : null) as T;
  }
}

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

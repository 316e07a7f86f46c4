/**
 * An EventTarget with `on…` attributes that knows whether anybody listens, and dispatches itself.
 *
 * Data without a consumer is dropped and unclaimed connections are closed, so the source must know
 * its listeners, which EventTarget does not tell. One list in order of registration holds listeners
 * and handlers alike (M4); an idle socket has none. Must behave as the DOM says: those added during
 * a dispatch wait for the next, those removed are skipped, an exception is reported and stops
 * nothing (M6).
 *
 * It inherits from EventTarget, but its constructor does not run: two maps a socket are not needed.
 */
import { beginDispatch, endDispatch, isStopped } from "./events.ts";

type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

/** The platform's own names for these two are the DOM's: programs for Node lack them. */
interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

/** A listener of an event of its own type; `this` is the target, or the object itself. */
export type TypedListener<Target, E> =
  | ((this: Target, event: E) => unknown)
  | { handleEvent(event: E): unknown };

interface Registration {
  readonly type: string;
  /** Null once removed, so that a dispatch under way skips it. */
  listener: Listener | null;
  readonly capture: boolean;
  readonly once: boolean;
  /** It is the `on…` attribute's. */
  readonly handler: boolean;
}

/** EventTarget without its constructor. */
const Bare = function Bare() {} as unknown as typeof EventTarget;
Object.setPrototypeOf(Bare, EventTarget); // Node 20 asks the class, and prints nothing else
Object.setPrototypeOf(Bare.prototype, EventTarget.prototype);

/** @typeParam Events - event type to event, for the types of listeners */
export class ListeningTarget<Events = Record<string, Event>> extends Bare {
  #registrations: Registration[] | undefined;

  /** As EventTarget's. Listeners run in the order they were added, `on…` handlers among them. */
  override addEventListener<K extends keyof Events & string>(
    type: K,
    listener: TypedListener<this, Events[K]> | null,
    options?: ListenerOptions | boolean,
  ): void;
  /** As EventTarget's. Listeners run in the order they were added, `on…` handlers among them. */
  override addEventListener(
    type: string,
    listener: Listener | null,
    options?: ListenerOptions | boolean,
  ): void;
  override addEventListener(
    type: string,
    given: unknown,
    options?: ListenerOptions | boolean,
  ): void {
    const listener = checked(given);
    const { capture, once, signal } = settings(options);
    if (listener === null || signal?.aborted === true) return;
    if (this.#find(type, listener, capture) !== undefined) return;
    this.#add({ type, listener, capture, once, handler: false });
    const remove = (): void => this.removeEventListener(type, listener, capture);
    signal?.addEventListener("abort", remove, { once: true });
  }

  /** As EventTarget's. One that is removed during a dispatch is not called any more. */
  override removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: TypedListener<this, Events[K]> | null,
    options?: ListenerOptions | boolean,
  ): void;
  /** As EventTarget's. One that is removed during a dispatch is not called any more. */
  override removeEventListener(
    type: string,
    listener: Listener | null,
    options?: ListenerOptions | boolean,
  ): void;
  override removeEventListener(
    type: string,
    given: unknown,
    options?: ListenerOptions | boolean,
  ): void {
    const listener = checked(given);
    if (listener === null) return;
    const found = this.#find(type, listener, settings(options).capture);
    if (found !== undefined) this.#remove(found);
  }

  /** As EventTarget's. What a listener throws is reported as uncaught, and stops nothing (M6). */
  override dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) throw new TypeError("dispatchEvent() takes an Event");
    beginDispatch(event, this);
    // The list is replaced, never changed: what is added meanwhile waits.
    for (const registration of this.#registrations ?? []) {
      if (registration.type !== event.type || registration.listener === null) continue;
      const { listener } = registration;
      if (registration.once) this.#remove(registration);
      call(listener, this, event);
      if (isStopped(event)) break;
    }
    endDispatch(event);
    return !event.defaultPrevented;
  }

  /** Called before a listener or handler is taken on; may throw to refuse it. */
  protected admit(_type: string): void {}

  /** Called when listeners or handlers have changed. */
  protected changed(_type: string): void {}

  /** Whether an event of this type would reach anybody. */
  protected listens(type: string): boolean {
    const all = this.#registrations;
    if (all === undefined) return false;
    for (const registration of all) if (registration.type === type) return true;
    return false;
  }

  /** Gives a class the attributes `on` + type, as accessors of its prototype. */
  protected static defineAttributes(prototype: ListeningTarget, types: readonly string[]): void {
    for (const type of types) {
      Object.defineProperty(prototype, `on${type}`, {
        get(this: ListeningTarget) {
          return this.#handler(type)?.listener ?? null;
        },
        set(this: ListeningTarget, value: unknown) {
          this.#setHandler(type, value);
        },
        enumerable: true,
        configurable: true,
      });
    }
  }

  /** It runs in the place of its first setting (M4); what cannot be called counts as null. */
  #setHandler(type: string, value: unknown): void {
    const handler = this.#handler(type);
    if (typeof value !== "function") {
      if (handler !== undefined) this.#remove(handler);
    } else if (handler !== undefined) {
      handler.listener = value as Listener;
    } else {
      const listener = value as Listener;
      this.#add({ type, listener, capture: false, once: false, handler: true });
    }
  }

  #add(registration: Registration): void {
    this.admit(registration.type);
    // Exact arrays: push() would reserve room for sixteen more, in every socket.
    this.#registrations = this.#registrations?.concat(registration) ?? [registration];
    this.changed(registration.type);
  }

  #remove(registration: Registration): void {
    const all = this.#registrations as Registration[];
    this.#registrations = all.length === 1 ? undefined : all.filter((one) => one !== registration);
    registration.listener = null;
    this.changed(registration.type);
  }

  #handler(type: string): Registration | undefined {
    return this.#registrations?.find((one) => one.handler && one.type === type);
  }

  #find(type: string, listener: Listener, capture: boolean): Registration | undefined {
    return this.#registrations?.find((one) => {
      if (one.handler || one.type !== type) return false;
      return one.listener === listener && one.capture === capture;
    });
  }
}

function call(listener: Listener, target: EventTarget, event: Event): void {
  try {
    if (typeof listener === "function") listener.call(target, event);
    else listener.handleEvent(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error; // as the platform reports it, and outside the engine's turn
    });
  }
}

function checked(given: unknown): Listener | null {
  if (given === null || given === undefined) return null;
  if (typeof given === "function" || typeof given === "object") return given as Listener;
  throw new TypeError(`a listener is a function or an object with handleEvent, not ${given}`);
}

function settings(options: ListenerOptions | boolean | undefined): {
  capture: boolean;
  once: boolean;
  signal: AbortSignal | undefined;
} {
  if (typeof options !== "object" || options === null) {
    return { capture: Boolean(options), once: false, signal: undefined };
  }
  const { capture = false, once = false, signal } = options;
  return { capture: Boolean(capture), once: Boolean(once), signal: signal ?? undefined };
}

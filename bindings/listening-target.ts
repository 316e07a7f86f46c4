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
 * Nor is a list for one listener, and helpers are static: private methods mark each object.
 */
import {
  call,
  capturesOf,
  checked,
  type Listener,
  type ListenerOptions,
  settings,
} from "./listener.ts";
import { isAborted, PlatformEvent, whenAborted } from "./platform.ts";
import { beginDispatch, endDispatch, isStopped } from "./socket-event.ts";

/** A listener of an event of its own type; `this` is the target, or the object itself. */
export type TypedListener<Target, E> =
  | ((this: Target, event: E) => unknown)
  | { handleEvent(event: E): unknown };

interface Registration {
  readonly type: string;
  /** Null once removed, so that a dispatch under way skips it. */
  listener: Listener | null;
  /** CAPTURE, ONCE, HANDLER. */
  readonly flags: number;
}

/** None, one, or several in order. */
export type Hearers = Registration | readonly Registration[] | undefined;

const CAPTURE = 1;
const ONCE = 2;
/** It is the `on…` attribute's. */
const HANDLER = 4;

/** EventTarget without its constructor. */
const Bare = function Bare() {} as unknown as typeof EventTarget;
Object.setPrototypeOf(Bare, EventTarget); // Node 20 asks the class, and prints nothing else
Object.setPrototypeOf(Bare.prototype, EventTarget.prototype);

/** Stands for who listens at present: another value when that has changed. */
export let listenersOf: <E>(target: ListeningTarget<E>) => unknown;
/** Whether an event of this type would reach anybody. */
export let listens: <E>(target: ListeningTarget<E>, type: string) => boolean;
/** Those an event of this type reaches; the same as long as `listenersOf` is. */
export let hearersOf: <E>(target: ListeningTarget<E>, type: string) => Hearers;
/** Calls them with an event that is as it is while the target dispatches it. */
export let notify: <E>(target: ListeningTarget<E>, hearers: Hearers, event: Event) => void;

/** @typeParam Events - event type to event, for the types of listeners */
export class ListeningTarget<Events = Record<string, Event>> extends Bare {
  /** One, or several in order. A list is replaced, never changed: a dispatch may be under way. */
  #registrations: Registration | readonly Registration[] | undefined;

  static {
    listenersOf = (target) => target.#registrations;
    listens = (target, type) => hearersOf(target, type) !== undefined;
    hearersOf = (target, type) => {
      const all = target.#registrations;
      if (!isList(all)) return all?.type === type ? all : undefined;
      let one: Registration | undefined;
      for (const each of all) {
        if (each.type !== type) continue;
        if (one !== undefined) return all.filter((other) => other.type === type);
        one = each;
      }
      return one;
    };
    notify = (target, hearers, event) => {
      if (!isList(hearers)) {
        if (hearers !== undefined) ListeningTarget.#call(target, hearers, event);
        return;
      }
      for (const one of hearers) {
        ListeningTarget.#call(target, one, event);
        if (isStopped(event)) return;
      }
    };
  }

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
    wanted: string,
    given: unknown,
    options?: ListenerOptions | boolean,
  ): void {
    const type = `${wanted}`; // whatever it is
    const listener = checked(given);
    const { capture, once, signal } = settings(options);
    if (listener === null || (signal !== undefined && isAborted(signal))) return;
    if (ListeningTarget.#find(this, type, listener, capture) !== undefined) return;
    const flags = (capture ? CAPTURE : 0) | (once ? ONCE : 0);
    ListeningTarget.#add(this, { type, listener, flags });
    if (signal === undefined) return;
    whenAborted(signal, () => this.removeEventListener(type, listener, capture));
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
    wanted: string,
    given: unknown,
    options?: ListenerOptions | boolean,
  ): void {
    const type = `${wanted}`;
    const listener = checked(given);
    if (listener === null) return;
    const found = ListeningTarget.#find(this, type, listener, capturesOf(options));
    if (found !== undefined) ListeningTarget.#remove(this, found);
  }

  /** As EventTarget's. What a listener throws is reported as uncaught, and stops nothing (M6). */
  override dispatchEvent(event: Event): boolean {
    if (!(event instanceof PlatformEvent)) throw new TypeError("dispatchEvent() takes an Event");
    beginDispatch(event, this);
    try {
      notify(this, hearersOf(this, event.type), event); // what is added meanwhile waits
    } finally {
      endDispatch(event); // also where the event's own code has thrown
    }
    return !event.defaultPrevented;
  }

  /** Called before a listener or handler is taken on; may throw to refuse it. */
  protected admit(_type: string): void {}

  /** Called when listeners or handlers have changed. */
  protected changed(_type: string): void {}

  /** Gives a class the attributes `on` + type, as accessors of its prototype. */
  protected static defineAttributes(prototype: ListeningTarget, types: readonly string[]): void {
    for (const type of types) {
      Object.defineProperty(prototype, `on${type}`, {
        get(this: ListeningTarget) {
          return ListeningTarget.#handler(this, type)?.listener ?? null;
        },
        set(this: ListeningTarget, value: unknown) {
          ListeningTarget.#setHandler(this, type, value);
        },
        enumerable: true,
        configurable: true,
      });
    }
  }

  static #call<E>(target: ListeningTarget<E>, registration: Registration, event: Event): void {
    const { listener, flags } = registration;
    if (listener === null) return;
    if ((flags & ONCE) !== 0) ListeningTarget.#remove(target, registration);
    call(listener, target, event);
  }

  /** It runs in the place of its first setting (M4); what cannot be called counts as null. */
  static #setHandler<E>(target: ListeningTarget<E>, type: string, value: unknown): void {
    const handler = ListeningTarget.#handler(target, type);
    const listener = typeof value === "function" ? (value as Listener) : null;
    if (listener === null) {
      if (handler !== undefined) ListeningTarget.#remove(target, handler);
    } else if (handler !== undefined) {
      handler.listener = listener;
    } else {
      ListeningTarget.#add(target, { type, listener, flags: HANDLER });
    }
  }

  static #add<E>(target: ListeningTarget<E>, registration: Registration): void {
    target.admit(registration.type);
    const all = target.#registrations;
    if (all === undefined) target.#registrations = registration;
    else target.#registrations = isList(all) ? [...all, registration] : [all, registration];
    target.changed(registration.type);
  }

  static #remove<E>(target: ListeningTarget<E>, registration: Registration): void {
    const all = target.#registrations;
    if (isList(all)) {
      // Exact: filter() would reserve room for sixteen more, in every socket.
      const left = all.toSpliced(all.indexOf(registration), 1);
      target.#registrations = left.length === 1 ? left[0] : left;
    } else {
      target.#registrations = undefined;
    }
    registration.listener = null;
    target.changed(registration.type);
  }

  static #handler<E>(target: ListeningTarget<E>, type: string): Registration | undefined {
    const all = target.#registrations;
    const fits = (one: Registration): boolean => one.flags === HANDLER && one.type === type;
    if (isList(all)) return all.find(fits);
    return all !== undefined && fits(all) ? all : undefined;
  }

  static #find<E>(
    target: ListeningTarget<E>,
    type: string,
    listener: Listener,
    capture: boolean,
  ): Registration | undefined {
    const all = target.#registrations;
    const fits = (one: Registration): boolean => {
      if (one.flags === HANDLER || one.type !== type || one.listener !== listener) return false;
      return ((one.flags & CAPTURE) !== 0) === capture;
    };
    if (isList(all)) return all.find(fits);
    return all !== undefined && fits(all) ? all : undefined;
  }
}

function isList(
  all: Registration | readonly Registration[] | undefined,
): all is readonly Registration[] {
  return Array.isArray(all);
}

/**
 * An EventTarget with `on…` attributes that knows whether anybody listens.
 *
 * Data without a consumer is dropped and unclaimed connections are closed, so the source must know
 * its listeners; EventTarget does not tell. Each is therefore noted here too, `once` and `signal`
 * being carried out here. Dispatch itself, its order and the reporting of exceptions, are the
 * platform's (M4-M6).
 */
type Listener = EventListenerOrEventListenerObject;

/** A listener of an event of its own type; `this` is the target, or the object itself. */
export type TypedListener<Target, E> =
  | ((this: Target, event: E) => unknown)
  | { handleEvent(event: E): unknown };

interface Registration {
  readonly type: string;
  readonly listener: Listener;
  readonly capture: boolean;
  /** What the platform was given. */
  readonly native: Listener;
}

interface Attribute {
  value: ((event: Event) => unknown) | null;
  readonly native: (event: Event) => void;
}

/** @typeParam Events - event type to event, for the types of listeners */
export class ListeningTarget<Events = Record<string, Event>> extends EventTarget {
  #registrations: Registration[] = [];
  #attributes: Map<string, Attribute> | undefined;

  override addEventListener<K extends keyof Events & string>(
    type: K,
    listener: TypedListener<this, Events[K]> | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  override addEventListener(
    type: string,
    given: unknown,
    options?: AddEventListenerOptions | boolean,
  ): void {
    const listener = given as Listener | null | undefined;
    const { capture, once, signal } = settings(options);
    if (listener === null || listener === undefined || signal?.aborted === true) return;
    if (this.#find(type, listener, capture) >= 0) return;
    this.admit(type);
    const native = once ? this.#onceOnly(type, listener, capture) : listener;
    super.addEventListener(type, native, { capture });
    this.#registrations.push({ type, listener, capture, native });
    const remove = (): void => this.removeEventListener(type, listener, capture);
    signal?.addEventListener("abort", remove, { once: true });
    this.changed(type);
  }

  override removeEventListener<K extends keyof Events & string>(
    type: K,
    listener: TypedListener<this, Events[K]> | null,
    options?: EventListenerOptions | boolean,
  ): void;
  override removeEventListener(
    type: string,
    listener: Listener | null,
    options?: EventListenerOptions | boolean,
  ): void;
  override removeEventListener(
    type: string,
    given: unknown,
    options?: EventListenerOptions | boolean,
  ): void {
    const listener = given as Listener | null | undefined;
    if (listener === null || listener === undefined) return;
    const { capture } = settings(options);
    const index = this.#find(type, listener, capture);
    if (index < 0) return;
    const [found] = this.#registrations.splice(index, 1);
    super.removeEventListener(type, (found as Registration).native, { capture });
    this.changed(type);
  }

  /** Called before a listener or handler is taken on; may throw to refuse it. */
  protected admit(_type: string): void {}

  /** Called when listeners or handlers have changed. */
  protected changed(_type: string): void {}

  /** Whether an event of this type would reach anybody. */
  protected listens(type: string): boolean {
    for (const registration of this.#registrations) if (registration.type === type) return true;
    return (this.#attributes?.get(type)?.value ?? null) !== null;
  }

  /** Gives a class the attributes `on` + type, as accessors of its prototype. */
  protected static defineAttributes(prototype: ListeningTarget, types: readonly string[]): void {
    for (const type of types) {
      Object.defineProperty(prototype, `on${type}`, {
        get(this: ListeningTarget) {
          return this.#attributes?.get(type)?.value ?? null;
        },
        set(this: ListeningTarget, value: unknown) {
          this.#setAttribute(type, value);
        },
        enumerable: true,
        configurable: true,
      });
    }
  }

  /** It runs in the place of its first setting (M4); what cannot be called counts as null. */
  #setAttribute(type: string, value: unknown): void {
    this.#attributes ??= new Map();
    let attribute = this.#attributes.get(type);
    if (typeof value !== "function") {
      if (attribute !== undefined) {
        super.removeEventListener(type, attribute.native);
        attribute.value = null;
        this.#attributes.delete(type);
        this.changed(type);
      }
      return;
    }
    this.admit(type);
    if (attribute === undefined) {
      const made: Attribute = { value: null, native: (event) => made.value?.call(this, event) };
      attribute = made;
      this.#attributes.set(type, made);
      super.addEventListener(type, made.native);
    }
    attribute.value = value as (event: Event) => unknown;
    this.changed(type);
  }

  #find(type: string, listener: Listener, capture: boolean): number {
    return this.#registrations.findIndex(
      (one) => one.type === type && one.listener === listener && one.capture === capture,
    );
  }

  #onceOnly(type: string, listener: Listener, capture: boolean): Listener {
    return (event: Event): void => {
      this.removeEventListener(type, listener, capture);
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    };
  }
}

function settings(options: AddEventListenerOptions | boolean | undefined): {
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

/**
 * What all our events share: they are dispatched by ourselves, not by the platform.
 *
 * State stands where the platform keeps its own, where that can be found (Node), so that any
 * EventTarget can dispatch our events again; elsewhere under symbols of ours. Events with data are made
 * without the platform's constructor, which takes longer than all the rest of a small message.
 */
import { now, PlatformEvent } from "./platform.ts";

/** What every event made by hand may be given; the platform's name for it is the DOM's. */
export interface Manner {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

const probe = new Event("probe");
probe.stopImmediatePropagation();
const found = Object.getOwnPropertySymbols(probe);

function slot(name: string): symbol {
  return found.find(({ description }) => description === name) ?? Symbol(name);
}

const TYPE: unique symbol = slot("type") as never;
const TARGET: unique symbol = slot("kTarget") as never;
const DISPATCHING: unique symbol = slot("kIsBeingDispatched") as never;
const STOPPED: unique symbol = slot("kStop") as never;
const TRUSTED: unique symbol = Symbol("trusted");
/** Set in those made without the platform's constructor: it never knew them. */
const FIRED: unique symbol = Symbol("fired");
const STAND_IN: unique symbol = Symbol("stand-in");
const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** What stands under the symbols. */
interface Slots {
  [TYPE]: string;
  [TARGET]: EventTarget | null;
  [DISPATCHING]: boolean;
  [STOPPED]: boolean;
  [TRUSTED]: boolean;
  /** When it was fired, if not made by hand. */
  [FIRED]?: number | undefined;
  [STAND_IN]?: Event | undefined;
}

function of(event: Event): Slots {
  return event as unknown as Slots;
}

/** An event of a socket or server. */
export class SocketEvent extends Event {
  constructor(type: string, init: Manner) {
    super(type, init);
    const slots = of(this);
    slots[TYPE] ??= super.type;
    slots[TARGET] = null;
    slots[DISPATCHING] = false;
    slots[STOPPED] = false;
    slots[TRUSTED] = false;
  }

  override get type(): string {
    return of(this)[TYPE];
  }

  /** True for events the engine fires (M35). */
  override get isTrusted(): boolean {
    return of(this)[FIRED] !== undefined || of(this)[TRUSTED];
  }

  override get target(): EventTarget | null {
    return of(this)[TARGET];
  }

  override get srcElement(): EventTarget | null {
    return of(this)[TARGET];
  }

  override get currentTarget(): EventTarget | null {
    return of(this)[DISPATCHING] ? of(this)[TARGET] : null;
  }

  override get eventPhase(): 0 | 2 {
    return of(this)[DISPATCHING] ? 2 : 0;
  }

  override composedPath(): [] | [EventTarget] {
    const { currentTarget } = this;
    return currentTarget === null ? [] : [currentTarget];
  }

  /** Those the engine fires cannot be cancelled. Asked for after each dispatch. */
  override get defaultPrevented(): boolean {
    return of(this)[FIRED] === undefined && super.defaultPrevented;
  }

  override get timeStamp(): number {
    return of(this)[FIRED] ?? super.timeStamp;
  }

  override stopImmediatePropagation(): void {
    this.stopPropagation();
    of(this)[STOPPED] = true;
  }
}

/** For console.log: what matters of an event, without what symbols name. */
Object.defineProperty(SocketEvent.prototype, INSPECT, {
  value(this: SocketEvent, _: unknown, options: unknown, inspect: (...args: unknown[]) => string) {
    const { type, timeStamp } = this;
    const own = Object.fromEntries(Object.entries(this));
    return `${this.constructor.name} ${inspect({ type, ...own, timeStamp }, options)}`;
  },
});

/** What the platform knows of an event; for one that it never knew, of another in its place. */
function known(event: SocketEvent): Event {
  if (of(event)[FIRED] === undefined) return event;
  of(event)[STAND_IN] ??= new PlatformEvent(event.type);
  return of(event)[STAND_IN] as Event;
}

// All the rest, rarely asked for: bubbles, preventDefault(), ...
for (const name of Object.getOwnPropertyNames(Event.prototype)) {
  const own = Object.getOwnPropertyDescriptor(Event.prototype, name) as PropertyDescriptor;
  if (Object.hasOwn(SocketEvent.prototype, name)) continue;
  const { get, set, value, enumerable = false } = own;
  const call = (event: SocketEvent, how: (...given: never[]) => unknown, given: unknown[]) =>
    Reflect.apply(how, known(event), given);
  const member: PropertyDescriptor =
    typeof value === "function"
      ? {
          value(this: SocketEvent, ...given: unknown[]) {
            return call(this, value as () => unknown, given);
          },
          writable: true,
        }
      : {
          get:
            get &&
            function (this: SocketEvent) {
              return call(this, get, []);
            },
          set:
            set &&
            function (this: SocketEvent, given: unknown) {
              call(this, set, [given]);
            },
        };
  if (get !== undefined || typeof value === "function") {
    Object.defineProperty(SocketEvent.prototype, name, {
      ...member,
      enumerable,
      configurable: true,
    });
  }
}

/** The time of the events that are being fired, if one is enough for all of them. */
let moment: number | undefined;

/** Gives all events that `fire` makes one time stamp: asking the clock takes longer than making one. */
export function atOneMoment<T>(fire: () => T): T {
  moment = now();
  try {
    return fire();
  } finally {
    moment = undefined;
  }
}

/**
 * Makes trusted events of class `Like` without the platform's constructor, as they are while `target`
 * dispatches them. What all have in common stands in the prototype: there may be millions.
 */
export function firedLike<E extends SocketEvent>(
  Like: new (...given: never[]) => E,
): <T>(type: string, data: T, target: EventTarget) => E & { data: T } {
  function Fired(
    this: Slots & { data: unknown },
    type: string,
    data: unknown,
    target: EventTarget,
  ): void {
    this[TYPE] = type;
    this[TARGET] = target;
    this[DISPATCHING] = true;
    this[FIRED] = moment ?? now();
    this.data = data;
  }
  Fired.prototype = Like.prototype;
  of(Like.prototype as E)[STOPPED] = false;
  const Constructor = Fired as unknown as new (...given: unknown[]) => never;
  return (type, data, target) => new Constructor(type, data, target);
}

/** Fires an event of the engine's own (M35). */
export function fire(target: EventTarget, event: SocketEvent): void {
  of(event)[TRUSTED] = true;
  target.dispatchEvent(event);
}

/** `target` begins to dispatch the event; one that is not ours is told so through own properties. */
export function beginDispatch(event: Event, target: EventTarget): void {
  if (event.eventPhase !== 0) {
    throw new DOMException("the event is being dispatched already", "InvalidStateError");
  }
  of(event)[STOPPED] = false;
  if (event instanceof SocketEvent) {
    of(event)[TARGET] = target;
    of(event)[DISPATCHING] = true;
    return;
  }
  const stop = (): void => {
    of(event)[STOPPED] = true;
  };
  const shown = { target, srcElement: target, currentTarget: target, eventPhase: 2 };
  for (const [name, value] of Object.entries({ ...shown, stopImmediatePropagation: stop })) {
    Object.defineProperty(event, name, { value, configurable: true });
  }
}

/** An event that firedLike() made has been dispatched. */
export function endFired(event: SocketEvent): void {
  of(event)[DISPATCHING] = false;
}

/** `beginDispatch` taken back. */
export function endDispatch(event: Event): void {
  if (event instanceof SocketEvent) {
    endFired(event);
    return;
  }
  of(event)[STOPPED] = false;
  Object.defineProperty(event, "currentTarget", { value: null, configurable: true });
  Object.defineProperty(event, "eventPhase", { value: 0, configurable: true });
}

/** Whether stopImmediatePropagation() was called in this dispatch. */
export function isStopped(event: Event): boolean {
  return of(event)[STOPPED];
}

/**
 * What is the platform's, taken when this is loaded: a global of that name may be somebody else's by the
 * time it is needed, and a method of a built-in object may lie when it is looked up on the object.
 */

const { AbortSignal: PlatformSignal } = globalThis;

/** The class of all events. */
export const PlatformEvent: typeof Event = globalThis.Event;
/** Runs a task in a microtask of its own. */
export const queue: typeof queueMicrotask = globalThis.queueMicrotask;
/** A deep copy; what is named in `transfer` moves. */
export const clone: typeof structuredClone = globalThis.structuredClone;

// Node makes its clock when it is first asked for, which is a millisecond: not while this is loaded.
const property = Object.getOwnPropertyDescriptor(globalThis, "performance");
let clock: Performance | undefined = property?.value;

/** Milliseconds since the program began. */
export function now(): number {
  clock ??= property?.get?.call(globalThis) as Performance;
  return clock.now();
}

/**
 * What reads an accessor of a built-in class, by its own getter; it fails for what is not of that class.
 *
 * A closure, as V8 then knows that the getter never changes and makes its code inline: what stands at the
 * top level of a module is a `var` in a bundle.
 */
export function getter<T>(prototype: object, name: string | symbol): (object: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => T;
  return (object) => get.call(object);
}

const signals = PlatformSignal.prototype;
const aborted = getter<boolean>(signals, "aborted");
const reason = getter<unknown>(signals, "reason");
const { addEventListener, removeEventListener } = signals;

/** Without what Object.prototype may have been given. */
const ONCE: AddEventListenerOptions = Object.assign(Object.create(null), { once: true });

/** Whether it is an AbortSignal, and does not just look like one. */
export function isSignal(value: unknown): value is AbortSignal {
  try {
    return value instanceof PlatformSignal && typeof aborted(value) === "boolean";
  } catch {
    return false;
  }
}

/** Whether a signal was aborted. */
export function isAborted(signal: AbortSignal): boolean {
  return aborted(signal);
}

/** Why a signal was aborted. */
export function reasonOf(signal: AbortSignal): unknown {
  return reason(signal);
}

/** Calls back when `signal` is aborted; returns what takes that back. */
export function whenAborted(signal: AbortSignal, abort: () => void): () => void {
  addEventListener.call(signal, "abort", abort, ONCE);
  return () => removeEventListener.call(signal, "abort", abort);
}

/** Listeners as they are given to addEventListener: what they may be, and how they are called. */

import { isSignal, queue } from "./platform.ts";
import { shown } from "./shown.ts";

/** What is called with an event. */
export type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

/** The platform's own names for these two are the DOM's: programs for Node lack them. */
export interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

/** Calls it; what it throws is reported, and stops nothing (M6). */
export function call(listener: Listener, target: EventTarget, event: Event): void {
  try {
    if (typeof listener === "function") listener.call(target, event);
    else listener.handleEvent(event);
  } catch (error) {
    queue(() => {
      throw error; // as the platform reports it, and outside the engine's turn
    });
  }
}

/** @throws TypeError for what is neither listener nor null */
export function checked(given: unknown): Listener | null {
  if (given === null || given === undefined) return null;
  if (typeof given === "function" || typeof given === "object") return given as Listener;
  throw new TypeError(
    `a listener is a function or an object with handleEvent, not ${shown(given)}`,
  );
}

/** What of the third argument removeEventListener looks at. */
export function capturesOf(options: ListenerOptions | boolean | undefined): boolean {
  return Boolean(typeof options === "object" && options !== null ? options.capture : options);
}

/** The third argument of addEventListener, complete. @throws TypeError */
export function settings(options: ListenerOptions | boolean | undefined): {
  capture: boolean;
  once: boolean;
  signal: AbortSignal | undefined;
} {
  const capture = capturesOf(options);
  if (typeof options !== "object" || options === null) {
    return { capture, once: false, signal: undefined };
  }
  const { once = false, signal } = options;
  if (signal !== undefined && signal !== null && !isSignal(signal)) {
    throw new TypeError(`a listener's signal is an AbortSignal, not ${shown(signal)}`);
  }
  return { capture, once: Boolean(once), signal: signal ?? undefined };
}

/** Listeners as they are given to addEventListener: what they may be, and how they are called. */

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
    queueMicrotask(() => {
      throw error; // as the platform reports it, and outside the engine's turn
    });
  }
}

/** @throws TypeError for what is neither listener nor null */
export function checked(given: unknown): Listener | null {
  if (given === null || given === undefined) return null;
  if (typeof given === "function" || typeof given === "object") return given as Listener;
  throw new TypeError(`a listener is a function or an object with handleEvent, not ${given}`);
}

/** The third argument of addEventListener, complete. */
export function settings(options: ListenerOptions | boolean | undefined): {
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

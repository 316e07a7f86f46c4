/**
 * The one Timeout behind the timer wheel. It keeps no program alive.
 *
 * A cancelled alarm stays armed and rings for nobody; the next one makes use of it unless it is to
 * ring earlier, and may thus ring too soon, which does a wheel no harm. Short connections set and
 * cancel a timer each, and so arm nothing.
 */
import type { Timer } from "../transport.ts";

let armed: NodeJS.Timeout | undefined;
/** When `armed` rings. */
let due = 0;
let waiting: (() => void) | undefined;

const CANCEL: Timer = {
  cancel: () => {
    waiting = undefined;
  },
};

/** Calls back once after about so many milliseconds, or sooner; in place of the alarm before. */
export function alarm(milliseconds: number, ring: () => void): Timer {
  waiting = ring;
  const now = performance.now();
  const wanted = now + milliseconds;
  // One that is overdue may never ring: a test's clock may have been put in place of Node's, and away.
  if (armed !== undefined && now <= due && due <= wanted) return CANCEL;
  clearTimeout(armed);
  due = wanted;
  armed = setTimeout(rung, milliseconds);
  armed.unref();
  return CANCEL;
}

function rung(): void {
  armed = undefined;
  const ring = waiting;
  waiting = undefined;
  ring?.();
}

/**
 * How far it is: a bar on a terminal, a line now and then elsewhere.
 */
import progress from "cli-progress";

const NO_TTY_MILLISECONDS = 5000;

export function barOf(steps) {
  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} {what}",
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: NO_TTY_MILLISECONDS,
  });
  bar.start(steps, 0, { what: "" });
  return bar;
}

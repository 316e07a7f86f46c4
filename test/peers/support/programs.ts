/** The programs that a test file has started, none of which outlives the test. */
import { afterEach } from "vitest";
import type { Program } from "./program.ts";

/** Takes each program to be stopped after the test. */
export function stoppedAfterwards(): <P extends Program>(program: P) => P {
  const running: Program[] = [];
  afterEach(async () => {
    for (const program of running.splice(0)) await program.stop();
  });
  return (program) => {
    running.push(program);
    return program;
  };
}

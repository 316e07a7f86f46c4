/**
 * Plays seeds one after the other, and tells of the first that diverges.
 *
 * Sixty-four seeds in a row share an engine, so that each finds what the one before has left. A seed is
 * repeated alone, or, if it does not fail alone, behind the others of its group.
 */
import { readFileSync } from "node:fs";
import { type CoreModule, compileCore } from "../../bindings/core.ts";
import { CORE } from "../../bindings/engine.ts";
import { Engine } from "../../bindings/index.ts";
import { Choices } from "./choices.ts";
import { Divergence } from "./model.ts";
import { Schedule, SOCKETS_MAX, THROWN, WINDOW_BYTES } from "./schedule.ts";
import { Tap } from "./tap.ts";

export const GROUP = 64;

/** Of 24 groups those on the core with assertions. */
const DEBUG = [5, 11];
const MEMORY_BYTES = 1 << 20;
const SCARCE_BYTES = 262_144;

/** Takes note of what happens. */
export type Log = (entry: object) => void;

export interface Failure {
  readonly seed: number;
  readonly error: Error;
  /** What was drawn, by which it can be repeated and shrunk. */
  readonly drawn: readonly number[];
}

/** An engine and its host; it serves many schedules, one after the other. */
export class Stage {
  readonly tap = new Tap();
  readonly engine: Engine;
  /** Engine memory is so small that it runs out. */
  readonly scarce: boolean;

  /** @param group one in 12 plays on the core with assertions, one in 8 with little memory, one in 24 with both */
  constructor(group: number) {
    this.scarce = group % 8 === 3;
    this.engine = new Engine({
      host: this.tap,
      memoryBytes: this.scarce ? SCARCE_BYTES : MEMORY_BYTES,
      maxSockets: SOCKETS_MAX,
      windowBytes: WINDOW_BYTES,
      ...(DEBUG.includes(group % 24) && { [CORE]: debugCore() }),
    });
  }

  static of(seed: number): Stage {
    return new Stage(Math.floor(seed / GROUP));
  }
}

let debug: CoreModule | undefined;

function debugCore(): CoreModule {
  debug ??= compileCore(new Uint8Array(readFileSync("build/core.debug.wasm")));
  return debug;
}

/** What went wrong, or null. */
export async function play(choices: Choices, stage: Stage, log?: Log): Promise<Error | null> {
  Divergence.first = null;
  try {
    await new Schedule(stage, choices, log).play();
    return Divergence.first;
  } catch (error) {
    return Divergence.first ?? (error as Error);
  }
}

/** The first seed that fails, or null. `played` is told of each. */
export async function playSeeds(
  from: number,
  count: number,
  played: () => void = () => {},
): Promise<Failure | null> {
  let stage = Stage.of(from);
  for (let seed = from; seed < from + count; seed++) {
    if (seed % GROUP === 0) stage = Stage.of(seed);
    const choices = new Choices(seed);
    const error = await play(choices, stage);
    if (error !== null) return { seed, error, drawn: choices.drawn };
    played();
  }
  return null;
}

/** The seed alone; if that goes well, the whole group that it ends. */
export async function repeat(seed: number, log?: Log): Promise<Failure | null> {
  const choices = new Choices(seed);
  const error = await play(choices, Stage.of(seed), log);
  if (error !== null) return { seed, error, drawn: choices.drawn };
  const first = seed - (seed % GROUP);
  return playSeeds(first, seed - first + 1);
}

/** Handlers' own exceptions are expected; others count as divergences. Returns what undoes it. */
export function expectThrown(): () => void {
  const before = process.listeners("uncaughtException");
  const caught = (error: Error): void => {
    if (error.message === THROWN || error instanceof Divergence) return;
    new Divergence(`an exception escaped: ${error.stack ?? error}`);
  };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // thousands are thrown, and a seed tells more than a stack
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", caught);
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    process.removeListener("uncaughtException", caught);
    for (const listener of before) process.on("uncaughtException", listener);
  };
}

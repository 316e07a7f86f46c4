/**
 * What all parts of a loopback network share: time, chance, faults and measures.
 *
 * Draws the lots for them, so that each kind of chance has one place. Must never know a
 * connection. Invariant: with all faults off nothing is random.
 */
import { type Faults, noFaults } from "./faults.ts";
import { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";

/** How many later events may overtake one, with the fault `reorder`. */
const OVERTAKERS_MAX = 16;
/** Where a random cut falls half of the time: near the front, where headers are. */
const NEAR_BYTES = 16;

/** How input reaches the app side. */
export type Reads = "window" | "copy" | "mixed";

/** What makes a network. */
export interface NetworkOptions {
  /** The same seed and the same calls give the same run, to the bit. An integer; default 1. */
  readonly seed?: number;
  /**
   * False (default): runs by itself, one event a macrotask, and virtual time jumps whenever
   * nothing is due: waiting costs nothing, and no time is left for files or real timers.
   * True: stands still until `step()` or `run()`.
   */
  readonly virtual?: boolean;
  /** Bytes under way each connection holds per direction, at least 1; default 262144. */
  readonly capacity?: number;
  /**
   * Client input: written into the window (default), copied from the host's memory, or by chance.
   * Accepted connections have no window in plaintext: theirs is copied.
   */
  readonly reads?: Reads;
  /** What goes wrong; nothing by default. */
  readonly faults?: Partial<Faults>;
}

export class Network {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly faults: Faults;
  readonly capacity: number;
  readonly #reads: Reads;

  constructor(options: NetworkOptions) {
    this.schedule = new Schedule(!options.virtual);
    this.random = new Random(options.seed ?? 1);
    this.faults = { ...noFaults(), ...options.faults };
    this.capacity = Math.max(1, options.capacity ?? 262_144);
    this.#reads = options.reads ?? "window";
  }

  /** Runs a step of one connection after so many milliseconds. */
  post(delay: number, step: () => void): void {
    const lag = this.faults.reorder ? this.random.below(OVERTAKERS_MAX + 1) : 0;
    this.schedule.at(this.schedule.now + delay, step, lag);
  }

  /** Milliseconds on the way. */
  latency(): number {
    return this.random.between(...this.faults.latency);
  }

  /** How many of the available bytes move in one step that takes at most `most`. */
  piece(available: number, most: number): number {
    const bytes = Math.min(available, Math.max(1, most));
    if (bytes < 2 || !this.faults.split) return bytes;
    const near = this.random.chance(0.5) ? Math.min(bytes, NEAR_BYTES) : bytes;
    return 1 + this.random.below(near);
  }

  /** Whether a client's read is copied rather than written into the window. */
  copies(): boolean {
    return this.#reads === "mixed" ? this.random.chance(0.5) : this.#reads === "copy";
  }
}

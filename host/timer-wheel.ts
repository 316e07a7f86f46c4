/**
 * All timers of a host over one alarm of its clock.
 *
 * Timers that are due in the same millisecond share a bucket; a heap knows the earliest bucket, and
 * only for that one an alarm is armed. So starting and cancelling cost the same however many timers
 * run, and a cancelled timer leaves nothing behind. It reads no clock of its own, must never call
 * back early or inside `start`, and knows nothing of connections. Invariant: no bucket is empty,
 * and an alarm is armed exactly while there is a bucket, for the earliest one's tick or before.
 */
import { Heap, type Ranked } from "./heap.ts";
import type { Timer } from "./transport.ts";

/** What a wheel runs on: real time or virtual time. */
export interface Clock {
  /** Milliseconds since any fixed moment. Never goes back. */
  now(): number;
  /** Calls back once after about so many milliseconds; too early does no harm. */
  alarm(milliseconds: number, callback: () => void): Timer;
}

/** Longer alarms would overflow setTimeout, which then rings at once. */
const ALARM_MILLISECONDS_MAX = 2 ** 31 - 1;

const NEVER: Timer = { cancel: () => {} };

interface Bucket extends Ranked {
  readonly tick: number;
  /** In the order of their start. */
  readonly timers: Set<Entry>;
}

interface Entry {
  readonly bucket: Bucket;
  readonly order: number;
  readonly expired: () => void;
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, Bucket>();
  readonly #ticks = new Heap<Bucket>((a, b) => a.tick < b.tick);
  #started = 0;
  #alarm: Timer | undefined;
  #alarmTick = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back once after at least so many milliseconds; at Infinity never. */
  start(milliseconds: number, expired: () => void): Timer {
    if (!(milliseconds < Number.POSITIVE_INFINITY)) return NEVER;
    const tick = Math.ceil(this.#clock.now() + Math.max(0, milliseconds));
    const bucket = this.#buckets.get(tick) ?? this.#open(tick);
    const entry: Entry = { bucket, order: this.#started++, expired };
    bucket.timers.add(entry);
    if (this.#alarm === undefined || tick < this.#alarmTick) this.#arm();
    return { cancel: () => this.#cancel(entry) };
  }

  #open(tick: number): Bucket {
    const bucket: Bucket = { position: -1, tick, timers: new Set() };
    this.#buckets.set(tick, bucket);
    this.#ticks.push(bucket);
    return bucket;
  }

  #cancel(entry: Entry): void {
    if (this.#take(entry) && this.#ticks.first === undefined) this.#disarm();
  }

  #take(entry: Entry): boolean {
    const { bucket } = entry;
    if (!bucket.timers.delete(entry)) return false;
    if (bucket.timers.size > 0) return true;
    this.#buckets.delete(bucket.tick);
    this.#ticks.remove(bucket);
    return true;
  }

  #arm(): void {
    this.#disarm();
    const first = this.#ticks.first;
    if (first === undefined) return;
    const wait = Math.max(0, first.tick - this.#clock.now());
    this.#alarmTick = first.tick;
    this.#alarm = this.#clock.alarm(Math.min(wait, ALARM_MILLISECONDS_MAX), () => this.#ring());
  }

  #disarm(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#clock.now();
    const limit = this.#started; // what is started from here on waits for the next alarm
    try {
      for (let first = this.#ticks.first; first !== undefined; first = this.#ticks.first) {
        if (first.tick > now || !this.#expire(first, limit)) break;
      }
    } finally {
      this.#arm(); // also when a callback throws: the others still get their turn
    }
  }

  /** False if the bucket holds timers that were started meanwhile. */
  #expire(bucket: Bucket, limit: number): boolean {
    for (const entry of bucket.timers) {
      if (entry.order >= limit) return false;
      this.#take(entry);
      entry.expired();
    }
    return true;
  }
}

/**
 * Virtual time: what happens in a loopback network, and when.
 *
 * Owns the clock and the events to come. One event runs at a time, in the order of their times;
 * time stands still while one runs and jumps to the next one's. Must never run an event inside
 * the call that posts it. Invariant: the clock never goes back, and the same posts in the same
 * order run in the same order.
 */
import { Heap, type Ranked } from "../heap.ts";
import type { Timer } from "../transport.ts";
import { macrotask } from "./macrotask.ts";

interface Event extends Ranked {
  readonly time: number;
  /** Rank among events of the same time. */
  readonly order: number;
  readonly run: () => void;
}

export class Schedule {
  readonly #events = new Heap<Event>((a, b) => {
    return a.time < b.time || (a.time === b.time && a.order < b.order);
  });
  /** Runs by itself, an event per macrotask, as long as there are events. */
  readonly #pumps: boolean;
  #pumping = false;
  #now = 0;
  #posted = 0;

  constructor(pumps: boolean) {
    this.#pumps = pumps;
  }

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  /** Runs `task` at a virtual time, at Infinity never. Up to `lag` later posts may overtake it. */
  at(time: number, task: () => void, lag = 0): Timer {
    const event: Event = {
      position: -1,
      time: Math.max(time, this.#now),
      order: this.#posted++ + lag,
      run: task,
    };
    if (event.time < Number.POSITIVE_INFINITY) this.#events.push(event);
    if (this.#pumps) this.#pump();
    return { cancel: () => this.#events.remove(event) };
  }

  /** Runs the next event if there is one until that virtual time. */
  step(until: number = Number.POSITIVE_INFINITY): boolean {
    const event = this.#events.first;
    if (event === undefined || event.time > until) return false;
    this.#events.remove(event);
    this.#now = event.time;
    event.run();
    return true;
  }

  /** Runs all events until that virtual time, and what promises make of each before the next. */
  async run(until: number = Number.POSITIVE_INFINITY): Promise<void> {
    do await new Promise<void>((resume) => macrotask(resume));
    while (this.step(until));
    if (until < Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, until);
  }

  #pump(): void {
    if (this.#pumping || this.#events.first === undefined) return;
    this.#pumping = true;
    macrotask(() => {
      this.#pumping = false;
      try {
        this.step();
      } finally {
        this.#pump(); // also when the event throws: the others do not depend on it
      }
    });
  }
}

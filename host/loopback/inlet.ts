/**
 * The receiving half of an endpoint: what is on its way to it, and the reads that deliver it.
 *
 * A turn is an event without contents: what it does is decided by the state it finds. So turns may
 * be late or reordered and bytes keep their order. Must never tell the sink outside of a turn.
 * Invariants: one turn is posted at most; nothing is told while paused, nothing after the end.
 */
import type { Sink } from "../transport.ts";
import type { Network } from "./network.ts";
import { Pipe } from "./pipe.ts";
import { READ_BYTES_MAX, reportBytes } from "./report-bytes.ts";

const COALESCE_MILLISECONDS = 1;

/** Counts what a connection carries; faults hang on it. */
export interface Meter {
  /** Bytes the connection may still carry. */
  readonly allowance: number;
  count(bytes: number): void;
}

export class Inlet {
  readonly #network: Network;
  #window: Uint8Array | undefined;
  readonly #pipe: Pipe;
  #sink: Sink | null;
  #meter: Meter | undefined;
  #roomMade: (() => void) | undefined;
  #paused: boolean;
  #turnPosted = false;
  #endTold = false;
  #closed = false;

  constructor(network: Network, window: Uint8Array | undefined, sink: Sink | null) {
    this.#network = network;
    this.#window = window;
    this.#pipe = new Pipe(network.capacity);
    this.#sink = sink;
    this.#paused = sink === null;
  }

  /** Nobody reads any more: what is sent here is answered with a reset. */
  get closed(): boolean {
    return this.#closed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get room(): number {
    return this.#pipe.room;
  }

  /** Whether a kernel would reset the connection rather than close it. */
  get unread(): boolean {
    return this.#pipe.size > 0;
  }

  /** The connection is up. `roomMade` is told of each read. */
  open(meter: Meter, roomMade: () => void): void {
    this.#meter = meter;
    this.#roomMade = roomMade;
  }

  /** Whom it tells from now on, by copies. */
  attach(sink: Sink): void {
    this.#sink = sink;
    this.#window = undefined;
    this.wake();
  }

  push(bytes: Uint8Array, due: number): void {
    this.#pipe.push(bytes, due);
    this.wake();
  }

  end(due: number): void {
    this.#pipe.end(due);
    this.wake();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  close(): void {
    this.#closed = true;
    this.#pipe.clear();
  }

  /** Posts a turn for when there is something to tell. */
  wake(): void {
    const { due } = this.#pipe;
    if (this.#turnPosted || due === Number.POSITIVE_INFINITY || !this.#telling) return;
    this.#turnPosted = true;
    const { schedule, faults } = this.#network;
    const wait = Math.max(0, due - schedule.now) + (faults.coalesce ? COALESCE_MILLISECONDS : 0);
    this.#network.post(wait, () => this.#turn());
  }

  get #telling(): boolean {
    const able = this.#sink !== null && this.#meter !== undefined;
    return able && !this.#paused && !this.#endTold && !this.#closed;
  }

  #turn(): void {
    this.#turnPosted = false;
    if (!this.#telling) return;
    const { schedule, faults } = this.#network;
    const count = this.#readable();
    if (count > 0) this.#deliver(count);
    const mayEnd = this.#telling && (count === 0 || faults.finWithData);
    if (mayEnd && this.#pipe.ended(schedule.now)) {
      this.#endTold = true;
      this.#sink?.ended();
    }
    this.wake();
  }

  /** How many bytes this read gets. */
  #readable(): number {
    const { schedule, faults } = this.#network;
    const allowance = Math.max(1, this.#meter?.allowance ?? 1);
    const most = Math.min(this.#window?.length ?? READ_BYTES_MAX, faults.readMax, allowance);
    return this.#network.piece(this.#pipe.arrived(schedule.now, most), most);
  }

  #deliver(count: number): void {
    const fill = (into: Uint8Array): void => {
      this.#pipe.read(into);
      this.#roomMade?.();
    };
    reportBytes(this.#network, this.#sink, this.#window, count, fill);
    this.#meter?.count(count);
  }
}

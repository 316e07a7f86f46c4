/**
 * The sending half of an endpoint: the write under way, and the FIN behind it.
 *
 *     write ─► PendingWrite ──turn──► the other end's Inlet      (then `sent`)
 *
 * Turns are events without contents, as in inlet.ts. Must never tell the sink outside of a turn,
 * nor copy a write before the simulated kernel has room for it. Invariants: one turn is posted at
 * most; the FIN goes once, behind all bytes.
 */
import type { Sink } from "../transport.ts";
import type { Inlet } from "./inlet.ts";
import type { Network } from "./network.ts";
import { PendingWrite } from "./pending-write.ts";

/** What an outlet tells its endpoint, within a turn. */
export interface OutletOwner {
  /** Bytes went where nobody reads any more. */
  unheard(): void;
  /** The FIN is out. */
  finished(): void;
}

export class Outlet {
  readonly #network: Network;
  readonly #owner: OutletOwner;
  readonly #pending = new PendingWrite();
  #sink: Sink | null;
  #inlet: Inlet | undefined;
  #turnPosted = false;
  #finishing = false;
  #finished = false;
  #closed = false;

  constructor(network: Network, owner: OutletOwner, sink: Sink | null) {
    this.#network = network;
    this.#owner = owner;
    this.#sink = sink;
  }

  /** A FIN is ordered and not out yet. */
  get finishing(): boolean {
    return this.#finishing && !this.#finished;
  }

  /** The connection is up; this is where bytes go. */
  open(inlet: Inlet): void {
    this.#inlet = inlet;
    this.wake();
  }

  attach(sink: Sink): void {
    this.#sink = sink;
  }

  /** @throws Error if the caller broke the host interface's rules */
  write(views: readonly Uint8Array[], bytes: number): void {
    if (this.#finishing) throw new Error("write: after finish");
    this.#pending.start(views, bytes);
    this.wake();
  }

  finish(): void {
    this.#finishing = true;
    this.wake();
  }

  /** Puts bytes on the line now if nothing is in front of them, as far as there is room. */
  writeLast(bytes: Uint8Array): void {
    const inlet = this.#inlet;
    if (inlet === undefined || inlet.closed || this.#closed || this.#finished) return;
    if (this.#pending.left === 0) inlet.push(bytes.slice(0, inlet.room), this.#arrival());
  }

  /** Sends the FIN now, in front of what is still pending. */
  sendFin(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#inlet?.end(this.#arrival());
  }

  /** From here on the memory of a pending write is not read. */
  close(): void {
    this.#closed = true;
    this.#pending.clear();
  }

  /** Posts a turn if there is something to do. */
  wake(): void {
    const owed = this.#pending.left > 0 || this.finishing;
    if (this.#turnPosted || !owed || this.#closed || this.#inlet === undefined) return;
    this.#turnPosted = true;
    this.#network.post(0, () => this.#turn());
  }

  #turn(): void {
    this.#turnPosted = false;
    if (this.#closed || this.#inlet === undefined) return;
    if (this.#pending.left > 0 && !this.#transmit(this.#inlet)) return; // a read there wakes again
    if (this.#closed) return;
    if (this.#pending.left > 0) {
      this.wake();
    } else if (this.finishing) {
      this.sendFin();
      this.#owner.finished();
    }
  }

  /** Moves what there is room for; false if there is none. */
  #transmit(inlet: Inlet): boolean {
    const { left } = this.#pending;
    const room = inlet.closed ? left : Math.min(left, inlet.room);
    const count = this.#network.piece(room, this.#network.faults.writeMax);
    if (count === 0) return false;
    const bytes = this.#pending.take(count);
    if (inlet.closed) this.#owner.unheard();
    else inlet.push(bytes, this.#arrival());
    this.#sink?.sent(count);
    return true;
  }

  #arrival(): number {
    return this.#network.schedule.now + this.#network.latency();
  }
}

/**
 * One end of a loopback connection: the host's side of a transport, and the kernel behind it.
 *
 *     write ─► PendingWrite ──write turn──► the peer's Pipe ──read turn──► the peer's sink
 *
 * A turn is an event without contents: what it does is decided by the state it finds. So turns may
 * be late, early or reordered and bytes still keep their order. Must never call its sink outside
 * of an event. Invariants: one read turn and one write turn are scheduled at most; once #over,
 * nothing is told but `failed` and `closed`, `closed` exactly once and last.
 */
import { REASON_RESET } from "../../assembly/abi.ts";
import type { Addresses, Sink, Transport } from "../transport.ts";
import type { Network } from "./network.ts";
import { PendingWrite } from "./pending-write.ts";
import { Pipe } from "./pipe.ts";
import { systemError } from "./system-error.ts";

const READ_BYTES_MAX = 65_536;
const COALESCE_MILLISECONDS = 1;
/** What copied bytes are overwritten with afterwards, so that nobody keeps them unnoticed. */
const STALE = 0xdb;
const UNKNOWN: Addresses = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };

export class Endpoint implements Transport {
  addresses: Addresses = UNKNOWN;
  readonly #network: Network;
  readonly #window: Uint8Array | undefined;
  readonly #input: Pipe;
  readonly #output = new PendingWrite();
  #sink: Sink | null;
  #peer: Endpoint | undefined;
  #released: (() => void) | undefined;
  #delivered = 0;
  #paused = false;
  #readTurnDue = false;
  #writeTurnDue = false;
  /** `finish` was called; the FIN is sent. */
  #finishing = false;
  #finished = false;
  #endTold = false;
  #destroyed = false;
  #over = false;

  /** For a client with window and sink; an accepted one starts paused and is given a sink later. */
  constructor(network: Network, window?: Uint8Array, sink: Sink | null = null) {
    this.#network = network;
    this.#window = window;
    this.#sink = sink;
    this.#paused = sink === null;
    this.#input = new Pipe(network.capacity);
  }

  /** Failed or let go of; all that may come is `failed` and `closed`. */
  get over(): boolean {
    return this.#over;
  }

  /** The connection is up. `released` is called once, when this end is over. */
  join(peer: Endpoint, addresses: Addresses, released: () => void): void {
    this.#peer = peer;
    this.addresses = addresses;
    this.#released = released;
  }

  /** Within an event: tells a client that it is connected. */
  announce(): void {
    this.#sink?.connected();
    this.#count(0);
    this.#wakeWriter();
    this.#wakeReader();
  }

  /** Whom an accepted end tells from now on. */
  attach(sink: Sink): void {
    this.#sink = sink;
    this.#wakeReader();
  }

  /** @throws Error if the caller broke the interface's rules, which are transport.ts's */
  write(views: readonly Uint8Array[], bytes: number): void {
    if (this.#destroyed || this.#over) return;
    if (this.#finishing) throw new Error("write: after finish");
    this.#output.start(views, bytes);
    this.#wakeWriter();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wakeReader();
  }

  finish(): void {
    if (this.#destroyed) return;
    this.#finishing = true;
    this.#wakeWriter();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    const finishUnderWay = this.#peer !== undefined && this.#finishing && !this.#finished;
    if (!this.#over && !finishUnderWay) this.#letGo(this.#input.size > 0);
  }

  /** Nothing to do: the network keeps a program alive exactly while it has something to do. */
  ref(): void {}

  /** Nothing to do, as for `ref`. */
  unref(): void {}

  /** Lets go with a reset, whatever is under way. */
  abort(): void {
    this.#destroyed = true;
    if (!this.#over) this.#letGo(true);
  }

  /** Breaks the connection between the two: both ends see a reset at once. */
  cut(): void {
    this.#peer?.#breakOff();
    this.#breakOff();
  }

  /** A FIN nobody sent: this end sees its input end behind what is under way. */
  endInput(): void {
    this.#input.end(this.#network.schedule.now);
    this.#wakeReader();
  }

  /** The connection is broken, or never came up. May be called outside of events. */
  fail(reason: number, cause: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#network.post(0, () => {
      if (!this.#destroyed) this.#sink?.failed(reason, cause);
      this.#network.post(0, () => this.#sink?.closed());
    });
  }

  #breakOff(): void {
    this.fail(REASON_RESET, systemError("ECONNRESET", "read"));
  }

  #breakOffLater(): void {
    this.#network.post(this.#network.latency(), () => this.#breakOff());
  }

  /** As a kernel does it: unread input turns the FIN into a reset, which may overtake bytes. */
  #letGo(reset: boolean): void {
    if (reset) this.#peer?.#breakOffLater();
    else if (!this.#finished) this.#sendFin();
    this.#end();
    this.#network.post(0, () => this.#sink?.closed());
  }

  #end(): void {
    this.#over = true;
    this.#input.clear();
    this.#output.clear();
    this.#released?.();
  }

  #arrival(): number {
    return this.#network.schedule.now + this.#network.latency();
  }

  // ---- Output ----------------------------------------------------------------------------------

  #wakeWriter(): void {
    const owed = this.#output.left > 0 || (this.#finishing && !this.#finished);
    if (this.#writeTurnDue || !owed || this.#over || this.#peer === undefined) return;
    this.#writeTurnDue = true;
    this.#network.post(0, () => this.#writeTurn());
  }

  #writeTurn(): void {
    this.#writeTurnDue = false;
    if (this.#over) return;
    if (this.#output.left > 0 && !this.#transmit()) return; // the peer's read makes room and wakes
    if (this.#over) return;
    if (this.#output.left > 0) return this.#wakeWriter();
    if (!this.#finishing || this.#finished) return;
    this.#sendFin();
    if (this.#destroyed) this.#letGo(this.#input.size > 0);
  }

  /** Moves what there is room for; false if there is none. */
  #transmit(): boolean {
    const peer = this.#peer as Endpoint;
    const { left } = this.#output;
    const room = peer.#over ? left : Math.min(left, peer.#input.room);
    const count = this.#network.piece(room, this.#network.faults.writeMax);
    if (count === 0) return false;
    const bytes = this.#output.take(count);
    if (peer.#over) {
      this.#breakOffLater(); // nobody is there: the kernel takes the bytes and is answered a reset
    } else {
      peer.#input.push(bytes, this.#arrival());
      peer.#wakeReader();
    }
    this.#sink?.sent(count);
    return true;
  }

  #sendFin(): void {
    this.#finished = true;
    this.#peer?.#input.end(this.#arrival());
    this.#peer?.#wakeReader();
  }

  // ---- Input -----------------------------------------------------------------------------------

  get #reads(): boolean {
    const able = this.#sink !== null && this.#peer !== undefined && !this.#paused;
    return able && !this.#destroyed && !this.#over && !this.#endTold;
  }

  #wakeReader(): void {
    const { due } = this.#input;
    if (this.#readTurnDue || due === Number.POSITIVE_INFINITY || !this.#reads) return;
    this.#readTurnDue = true;
    const { schedule, faults } = this.#network;
    const wait = Math.max(0, due - schedule.now) + (faults.coalesce ? COALESCE_MILLISECONDS : 0);
    this.#network.post(wait, () => this.#readTurn());
  }

  #readTurn(): void {
    this.#readTurnDue = false;
    if (!this.#reads) return;
    const { schedule, faults } = this.#network;
    const count = this.#readable();
    if (count > 0) this.#deliver(count);
    const mayEnd = this.#reads && (count === 0 || faults.finWithData);
    if (mayEnd && this.#input.ended(schedule.now)) {
      this.#endTold = true;
      this.#sink?.ended();
    }
    this.#wakeReader();
  }

  /** How many bytes this read gets. */
  #readable(): number {
    const { schedule, faults } = this.#network;
    const most = Math.min(this.#window?.length ?? READ_BYTES_MAX, faults.readMax);
    const count = this.#network.piece(this.#input.arrived(schedule.now, most), most);
    return Math.min(count, Math.max(1, faults.resetAfterBytes - this.#carried()));
  }

  #deliver(count: number): void {
    const inPlace = this.#window !== undefined && !this.#network.copies();
    const bytes = inPlace ? this.#window.subarray(0, count) : new Uint8Array(count);
    this.#input.read(bytes);
    this.#peer?.#wakeWriter();
    if (inPlace) this.#sink?.received(count);
    else this.#sink?.receivedCopy(bytes);
    if (!inPlace) bytes.fill(STALE);
    this.#count(count);
  }

  #count(delivered: number): void {
    const { faults, random } = this.#network;
    this.#delivered += delivered;
    if (this.#carried() >= faults.resetAfterBytes || random.chance(faults.reset)) this.cut();
  }

  /** Bytes delivered on the connection so far, both ways. */
  #carried(): number {
    return this.#delivered + (this.#peer?.#delivered ?? 0);
  }
}

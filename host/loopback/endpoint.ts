/**
 * One end of a loopback connection: its life, from connecting to closed.
 *
 * Owns how an end goes: by a failure, by `destroy`, by a reset from the other side. The bytes are
 * inlet.ts's and outlet.ts's. Must never call its sink inside a call made to it, nor decide
 * anything a kernel would not. Invariant: once `over`, nothing is told but `failed` and `closed`,
 * and `closed` exactly once and last.
 */
import { REASON_RESET } from "../../assembly/reasons.ts";
import type { Addresses, Sink, Transport } from "../transport.ts";
import { Inlet, type Meter } from "./inlet.ts";
import type { Network } from "./network.ts";
import { Outlet } from "./outlet.ts";
import { systemError } from "./system-error.ts";

const UNKNOWN: Addresses = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };

/** A transport that knows no TLS. */
export class Endpoint implements Omit<Transport, "secure" | "tlsInfo" | "ref" | "unref"> {
  addresses: Addresses = UNKNOWN;
  readonly #network: Network;
  readonly #inlet: Inlet;
  readonly #outlet: Outlet;
  #sink: Sink | null;
  #peer: Endpoint | undefined;
  #released: (() => void) | undefined;
  #destroyed = false;
  #over = false;

  /** A client has a sink and a window; an accepted end is paused and is given a sink later. */
  constructor(network: Network, sink: Sink | null = null, window?: Uint8Array) {
    this.#network = network;
    this.#sink = sink;
    this.#inlet = new Inlet(network, window, sink);
    const unheard = (): void => this.#breakSoon();
    const finished = (): void => this.#finished();
    this.#outlet = new Outlet(network, { unheard, finished }, sink);
  }

  /** Failed or let go of. */
  get over(): boolean {
    return this.#over;
  }

  /** The connection is up. `released` is called once, when this end is over. */
  join(peer: Endpoint, addresses: Addresses, meter: Meter, released: () => void): void {
    this.#peer = peer;
    this.addresses = addresses;
    this.#released = released;
    this.#inlet.open(meter, () => peer.#outlet.wake());
    this.#outlet.open(peer.#inlet);
  }

  /** Within an event: tells a client that the connection is up. */
  announce(): void {
    this.#sink?.connected();
  }

  /** Whom it tells from now on, in place of its sink or because it has none; never in its window. */
  attach(sink: Sink): void {
    this.#sink = sink;
    this.#inlet.attach(sink);
    this.#outlet.attach(sink);
  }

  /** @throws Error if the caller broke transport.ts's rules */
  write(views: readonly Uint8Array[], bytes: number): void {
    if (!this.#destroyed && !this.#over) this.#outlet.write(views, bytes);
  }

  /** As `write`, but behind nothing that waits, at once, and perhaps cut off: nothing is to follow. */
  writeLast(bytes: Uint8Array): void {
    if (!this.#destroyed && !this.#over) this.#outlet.writeLast(bytes);
  }

  get paused(): boolean {
    return this.#inlet.paused;
  }

  pause(): void {
    this.#inlet.pause();
  }

  resume(): void {
    if (!this.#destroyed) this.#inlet.resume();
  }

  finish(): void {
    if (!this.#destroyed) this.#outlet.finish();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#inlet.pause();
    const finishUnderWay = this.#peer !== undefined && this.#outlet.finishing;
    if (!finishUnderWay) this.#letGo(this.#inlet.unread);
  }

  /** Lets go with a reset, whatever is under way. */
  abort(): void {
    this.#destroyed = true;
    this.#letGo(true);
  }

  /** Sees a reset now; it overtakes what was not delivered yet. */
  reset(): void {
    this.fail(REASON_RESET, systemError("ECONNRESET", "read"));
  }

  /** Sees its input end now, behind what is under way, though nobody has sent a FIN. */
  endInput(): void {
    this.#inlet.end(this.#network.schedule.now);
  }

  /** The connection is broken, or never came up. */
  fail(reason: number, cause: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#network.post(0, () => {
      if (!this.#destroyed) this.#sink?.failed(reason, cause);
      this.#network.post(0, () => this.#sink?.closed());
    });
  }

  #breakSoon(): void {
    this.#network.post(this.#network.latency(), () => this.reset());
  }

  /** The FIN is out; a `destroy` may have waited for it. */
  #finished(): void {
    if (this.#destroyed) this.#letGo(this.#inlet.unread);
  }

  /** As a kernel does it: a FIN, or a reset in its place. */
  #letGo(reset: boolean): void {
    if (this.#over) return;
    if (!reset) this.#outlet.sendFin();
    else if (this.#peer !== undefined) this.#peer.#breakSoon();
    this.#end();
    this.#network.post(0, () => this.#sink?.closed());
  }

  #end(): void {
    this.#over = true;
    this.#inlet.close();
    this.#outlet.close();
    this.#released?.();
  }
}

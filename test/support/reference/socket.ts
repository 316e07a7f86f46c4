/**
 * One socket of the reference: Mozilla's TCPSocket as docs/abi.md has it, in the plainest way.
 *
 * It keeps the bytes themselves instead of places, notes what it is told, and decides afresh what
 * is said next. What it cannot know is when an engine's memory is full.
 */
import type { Answer, Role, Said, SocketOptions } from "../vectors/shim.ts";
import { Decoder, encoded } from "./decoder.ts";
import type { Framing } from "./framing.ts";
import { ReferenceQueue } from "./queue.ts";

export class ReferenceSocket {
  readonly role: Role;
  readonly parent: ReferenceSocket | null;
  readonly queue: ReferenceQueue;
  state: "connecting" | "open" | "closing" | "closed";
  fin = false;
  closeSaid = false;
  gone = false;
  readonly #allowHalfOpen: boolean;
  readonly #connectTimeout: number | undefined;
  readonly #decoder: Decoder;
  #announcement: "open" | "connect" | null = null;
  #up: boolean;
  #suspends = 0;
  #peerEnded = false;
  /** The peer's FIN has taken effect: it waits behind all data, and for resume(). */
  #endSeen = false;
  #halfClosed = false;
  #aborted = false;
  #failed = false;
  /** Why it failed, until it is said. */
  #failure: string | null = null;

  constructor(role: Role, parent: ReferenceSocket | null, options: SocketOptions) {
    this.role = role;
    this.parent = parent;
    this.queue = new ReferenceQueue(options);
    this.#allowHalfOpen = options.allowHalfOpen === true;
    this.#connectTimeout = options.connectTimeout;
    this.#decoder = new Decoder(null);
    this.state = role === "accepted" ? "open" : "connecting";
    this.#up = role === "accepted";
    if (role === "accepted") this.#announcement = "connect";
  }

  /** Nothing is left to say or to do. */
  get over(): boolean {
    return this.gone && this.closeSaid;
  }

  // ---- What the host reports ---------------------------------------------------------------------

  connected(): Answer {
    if (this.state === "closing" || this.state === "closed") return true; // M30
    if (this.#up) return "state";
    this.#up = true;
    this.#announcement = "open";
    return true;
  }

  received(bytes: Uint8Array): Answer {
    if (this.state === "connecting" || this.role === "listener" || this.#peerEnded) return "state";
    if (this.state === "open") this.#decoder.push(bytes);
    return true;
  }

  ended(): Answer {
    if (this.#up) this.#peerEnded = true;
    else this.fail("interrupted");
    return true;
  }

  closed(): Answer {
    if (this.gone) return "state";
    const unsent = this.queue.buffered > 0;
    const endWaits = this.#peerEnded && !this.#endSeen;
    const open = this.state === "connecting" || this.state === "open";
    this.gone = true;
    this.queue.inFlight = 0;
    if (unsent || (open && !endWaits && !this.#bothEnded)) this.fail("interrupted");
    return true;
  }

  /** The first failure counts (M33); after closeImmediately nobody is told (M89). */
  fail(why: string): Answer {
    if (this.#failed || this.#aborted || this.state === "closed") return true;
    this.#failed = true;
    this.#failure = why;
    return true;
  }

  /** A timer that is no longer wanted means nothing. */
  connectExpired(): Answer {
    if (this.#connectTimeout === undefined || this.state !== "connecting") return true;
    return this.fail("connectTimeout");
  }

  // ---- What the app asks ---------------------------------------------------------------------------

  get framing(): Framing | null {
    return this.#decoder.framing;
  }

  setFraming(framing: Framing | null): Answer {
    this.#decoder.framing = framing;
    return true;
  }

  send(payload: Uint8Array): Answer {
    if (this.state !== "open" || this.#halfClosed || this.gone) return "state"; // M63
    if (this.role === "listener") return "state";
    const { framing } = this;
    const wire = framing === null ? payload : encoded(payload, framing);
    return wire === null ? "range" : this.queue.push(wire);
  }

  suspend(): Answer {
    this.#suspends++;
    return true;
  }

  resume(): Answer {
    if (this.#suspends === 0) return "state"; // M96
    this.#suspends--;
    return true;
  }

  close(): Answer {
    if (this.state === "connecting" || this.role === "listener") return this.abort(); // M29
    if (this.state === "open") this.state = "closing";
    return true;
  }

  abort(): Answer {
    if (this.state === "closed" || this.#aborted) return true; // M31
    this.#aborted = true;
    this.state = "closing";
    this.#failed = false;
    this.#failure = null;
    this.queue.purge();
    if (this.#announcement === "open") this.#announcement = null;
    return true;
  }

  halfClose(): Answer {
    if (this.role === "listener") return "state";
    if (this.state === "connecting" || this.state === "open") this.#halfClosed = true;
    return true;
  }

  /** A listener closes before the app has heard of this connection: it never will (M122). */
  withdraw(): void {
    if (this.#announcement === "connect") this.#vanish();
  }

  // ---- What it says --------------------------------------------------------------------------------

  gather(): Uint8Array | null {
    return this.gone || this.#failed ? null : this.queue.gather();
  }

  /** The next event, or null: there is none. */
  next(): Said | null {
    this.#orderFin();
    if (this.#failure !== null) return this.#sayError(this.#failure);
    if (this.#announcement !== null) return this.#announce(this.#announcement);
    const received = this.#listens ? this.#sayReceived() : null;
    if (received !== null) return received;
    if (this.#decoder.failure !== null && this.#failure !== null) return this.next();
    if (this.state !== "closed" && this.queue.takeDrain()) return { ev: "drain" }; // M80, M84
    if (this.#listens && this.#peerEnded && !this.#endSeen) return this.#sayEnd() ?? this.next();
    return this.#sayClose();
  }

  get #listens(): boolean {
    return this.state === "open" && this.#suspends === 0 && this.role !== "listener";
  }

  get #bothEnded(): boolean {
    return this.#endSeen && (!this.#allowHalfOpen || this.#halfClosed);
  }

  #announce(ev: "open" | "connect"): Said {
    this.#announcement = null;
    if (ev === "open") this.state = "open";
    return { ev };
  }

  #sayError(why: string): Said | null {
    this.#failure = null;
    this.state = "closed";
    this.queue.purge();
    if (this.#announcement === "connect") this.#vanish();
    this.#announcement = null;
    return this.closeSaid ? null : { ev: "error", why };
  }

  #sayReceived(): Said | null {
    if (this.#decoder.framing === null) {
      const bytes = this.#decoder.takeRest();
      return bytes.length > 0 ? { ev: "data", bytes } : null;
    }
    const message = this.#decoder.next();
    if (message !== null) return { ev: "message", bytes: message };
    if (this.#decoder.failure !== null) this.fail(this.#decoder.failure);
    return null;
  }

  /** Behind all data: what is not whole now is the last message, or a broken one. */
  #sayEnd(): Said | null {
    this.#decoder.end();
    const last = this.#decoder.framing === null ? null : this.#sayReceived();
    if (last !== null || this.#failure !== null) return last;
    this.#endSeen = true;
    if (!this.#allowHalfOpen) return null;
    if (this.gone && !this.#halfClosed) this.fail("interrupted"); // nothing to send through
    return { ev: "end" };
  }

  /** Behind everything sent (M87); before the last `drain`, whose handler may send more (M84). */
  #orderFin(): void {
    if (!this.#up || this.gone || this.role === "listener" || this.queue.buffered > 0) return;
    if (this.state === "closing") this.fin = true;
    if (this.state !== "open" || this.#announcement !== null) return;
    if (this.#halfClosed || (this.#bothEnded && !this.queue.drainDue)) this.fin = true;
  }

  #sayClose(): Said | null {
    const flushed = this.queue.buffered === 0;
    const done = this.state === "closing" || (this.state === "open" && this.#bothEnded);
    if (done && flushed) this.state = "closed";
    if (this.state !== "closed" || this.closeSaid) return null;
    this.closeSaid = true;
    return { ev: "close", clean: !this.#failed };
  }

  #vanish(): void {
    this.#announcement = null;
    this.#failure = null;
    this.#aborted = true;
    this.state = "closed";
    this.closeSaid = true;
  }
}

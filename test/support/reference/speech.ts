/**
 * What a socket of the reference says next, to its app and to the wire; decided afresh each time.
 */
import type { Said } from "../vectors/shim.ts";
import { ReferenceInputs } from "./inputs.ts";

export class ReferenceSpeech extends ReferenceInputs {
  gather(): Uint8Array | null {
    return this.gone || this.failed ? null : this.queue.gather();
  }

  /** What needs no event: to start TLS, to end our side. */
  giveOrders(): void {
    const { state } = this;
    if (state !== "closed" && !this.failed && !this.aborted && !this.gone) this.security.order();
    this.orderFin();
  }

  /** The next event, or null: there is none. */
  next(): Said | null {
    this.giveOrders();
    if (this.failure !== null) return this.sayError(this.failure);
    if (this.announcement !== null) return this.announce(this.announcement);
    const received = this.listens ? this.sayReceived() : null;
    if (received !== null) return received;
    if (this.decoder.failure !== null && this.failure !== null) return this.next();
    if (this.state !== "closed" && this.queue.takeDrain()) return { ev: "drain" }; // M80, M84
    if (this.hears && this.peerEnded && !this.endSeen) return this.sayEnd() ?? this.next();
    return this.sayClose();
  }

  protected announce(ev: "open" | "connect" | "secure"): Said {
    this.announcement = null;
    if (ev === "open") this.state = "open";
    return { ev };
  }

  protected sayError(why: string): Said | null {
    this.failure = null;
    if (this.isUnannounced) this.vanish();
    this.state = "closed";
    this.queue.purge();
    this.announcement = null;
    return this.closeSaid ? null : { ev: "error", why };
  }

  protected sayReceived(): Said | null {
    if (this.decoder.framing === null) {
      const bytes = this.decoder.takeRest();
      return bytes.length > 0 ? this.deliver({ ev: "data", bytes }) : null;
    }
    const message = this.decoder.next();
    if (message !== null) return this.deliver({ ev: "message", bytes: message });
    if (this.decoder.failure !== null) this.fail(this.decoder.failure);
    return null;
  }

  protected deliver(said: Said): Said {
    this.security.dropped = false;
    return said;
  }

  /** Behind all data: what is not whole now is the last message, or a broken one. */
  protected sayEnd(): Said | null {
    this.decoder.end();
    const last = this.decoder.framing === null ? null : this.sayReceived();
    if (last !== null || this.failure !== null) return last;
    this.endSeen = true;
    if (!this.allowHalfOpen) return null;
    if (this.gone && !this.halfClosed) this.fail("interrupted"); // nothing to send through
    return { ev: "end" };
  }

  /** Behind everything sent (M87); before the last `drain`, whose handler may send more (M84). */
  protected orderFin(): void {
    if (!this.up || this.gone || this.role === "listener" || this.queue.buffered > 0) return;
    if (this.security.awaited && (!this.aborted || this.security.shaking)) return;
    if (this.state === "closing") this.fin = true;
    if (this.state !== "open" || this.announcement !== null) return;
    if (this.halfClosed || (this.bothEnded && !this.queue.drainDue)) this.fin = true;
  }

  protected sayClose(): Said | null {
    const handshake = this.security.awaited && !this.aborted && !this.failed;
    const flushed = this.queue.buffered === 0 && !handshake;
    const done = this.state === "closing" || (this.state === "open" && this.bothEnded);
    if (done && flushed) this.state = "closed";
    if (this.state !== "closed" || this.closeSaid) return null;
    this.closeSaid = true;
    return { ev: "close", clean: !this.failed };
  }

  protected vanish(): void {
    this.announcement = null;
    this.failure = null;
    this.aborted = true;
    this.state = "closed";
    this.closeSaid = true;
  }

  /** A listener closes before the app has heard of this connection: it never will (M122). */
  withdraw(): void {
    if (this.isUnannounced) this.vanish();
  }
}

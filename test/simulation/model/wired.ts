/**
 * The transport's side of the model of a socket: what it reports, and what the engine orders.
 */
import { must } from "./divergence.ts";
import { Facts } from "./facts.ts";

export class Wired extends Facts {
  /** The handshake of an upgrade went well. */
  verified = false;

  // ---------------------------------------------------------------- what the transport reports

  connected(now: number): void {
    this.up = true;
    this.deadlines.active(now);
  }

  received(bytes: Uint8Array, now: number): void {
    this.deadlines.active(now);
    if (this.state !== "closed") this.receive.add(bytes);
    if (this.state === "closing") this.discard();
    this.settle();
  }

  sent(bytes: number, now: number): void {
    this.deadlines.active(now);
    this.transmit.confirm(bytes);
  }

  ended(): void {
    this.receive.end();
    this.lookForEnd();
  }

  failed(name: string): void {
    this.failure ??= name;
    if (this.told === "nothing" && this.rules.accepted) this.unheard = true;
  }

  secured(now: number): void {
    must(this.security === "handshaking", "secured: nobody asked");
    this.deadlines.active(now);
    this.security = "secure";
    this.verified = true;
  }

  // ---------------------------------------------------------------- what the engine orders

  write(views: readonly Uint8Array[], bytes: number): void {
    must(this.up && !this.finished, "write: before connected or after finish");
    must(this.state === "open" || this.state === "closing", `write: while ${this.state}`);
    must(this.security !== "handshaking", "write: in a handshake");
    this.transmit.write(views, bytes, this.security === "secure");
  }

  finish(): void {
    this.settle();
    this.finished = true;
    must(this.up, "finish: before connected");
    if (this.aborted || this.failure !== null) return;
    const wanted = this.state !== "open" || this.halfClosed || this.endSeen;
    must(wanted, "finish: nobody closes");
    must(this.transmit.amount === 0, "finish: before all is sent");
    must(!this.awaitsTls || this.state === "closing", "finish: before TLS");
  }

  secure(): void {
    must(this.security === "upgrading", "secure: nobody asked");
    must(this.transmit.plainFlushed, "secure: before all plaintext is sent");
    must(this.receive.pending === 0, "secure: with plaintext not delivered");
    must(this.failure === null && !this.aborted, "secure: when it is over");
    this.security = "handshaking";
  }

  /** The transport is let go. */
  destroy(now: number): void {
    this.settle();
    const over = this.aborted || this.failure !== null || this.state !== "open";
    const late = this.rules.accepted && !this.up && this.timeout("may", now);
    const unheard = late || (this.unsure && this.told === "nothing");
    if (unheard) this.unheard = true; // its handshake took too long, or there is no room for it
    must(over || unheard || this.endSeen, "destroy: a living connection");
  }

  /** Input behind close(). Whether plaintext in front of TLS still matters then is left open. */
  protected discard(): void {
    if (this.awaitsTls && (this.receive.pending > 0 || this.receive.lost)) this.injected = true;
    this.receive.lost = false;
    this.receive.drop();
  }

  /** The engine is being turned: what nobody listens to is dropped, in front of all others' events. */
  protected settle(): void {
    if (!this.consumed && this.mayDeliver) this.receive.dropMessages();
    this.lookForEnd();
  }
}

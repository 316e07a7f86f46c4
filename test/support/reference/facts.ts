/**
 * What is known of a socket of the reference, and what follows from it at any time.
 */
import type { Answer, Role, SocketOptions, Timer } from "../vectors/shim.ts";
import { ReferenceDeadlines } from "./deadlines.ts";
import { Decoder } from "./decoder.ts";
import type { Framing } from "./framing.ts";
import { ReferenceQueue } from "./queue.ts";
import { ReferenceSecurity } from "./security.ts";

export class ReferenceFacts {
  readonly role: Role;
  readonly parent: ReferenceFacts | null;
  readonly queue: ReferenceQueue;
  readonly security: ReferenceSecurity;
  state: "connecting" | "open" | "closing" | "closed";
  fin = false;
  closeSaid = false;
  gone = false;
  protected readonly allowHalfOpen: boolean;
  protected readonly deadlines: ReferenceDeadlines;
  protected readonly decoder: Decoder;
  protected announcement: "open" | "connect" | "secure" | null = null;
  protected up: boolean;
  protected suspends = 0;
  protected claimed = true;
  protected lingered = false;
  protected peerEnded = false;
  /** The peer's FIN has taken effect: it waits behind all data, and for resume(). */
  protected endSeen = false;
  protected halfClosed = false;
  protected aborted = false;
  protected failed = false;
  /** Why it failed, until it is said. */
  protected failure: string | null = null;

  constructor(role: Role, parent: ReferenceFacts | null, options: SocketOptions) {
    this.role = role;
    this.parent = parent;
    this.queue = new ReferenceQueue(options);
    this.allowHalfOpen = options.allowHalfOpen === true;
    this.security = new ReferenceSecurity(this.queue, options.secure === true);
    this.deadlines = new ReferenceDeadlines(options);
    this.decoder = new Decoder(null);
    this.up = role === "accepted" && options.secure !== true;
    this.state = this.up ? "open" : "connecting";
    if (this.up) this.announcement = "connect";
  }

  /** Nothing is left to say or to do. */
  get over(): boolean {
    return this.gone && this.closeSaid;
  }

  /** The first failure counts (M33); after closeImmediately nobody is told (M89). */
  fail(why: string): Answer {
    if (this.failed || this.aborted || this.state === "closed") return true;
    this.failed = true;
    this.failure = why;
    return true;
  }

  get timer(): Timer | "none" {
    return this.deadlines.timerOf({
      failed: this.failed,
      shakingHands: this.shakesHands,
      lingering: this.state === "closed" && this.fin && !this.isOver,
      state: this.state,
      isListener: this.role === "listener",
    });
  }

  get milliseconds(): number {
    return this.deadlines.millisecondsOf(this.timer);
  }

  get shakesHands(): boolean {
    if (this.failed) return false;
    if (this.state === "connecting") return this.role === "accepted";
    return this.security.awaited && this.state !== "closed" && !this.aborted;
  }

  protected get isOver(): boolean {
    return this.peerEnded || this.lingered || this.gone;
  }

  /** It is accepted, and nobody knows yet. */
  protected get isUnannounced(): boolean {
    const shaking = this.role === "accepted" && this.state === "connecting";
    return this.announcement === "connect" || shaking;
  }

  /** Whether it is one of its listener's connections; handshakes are none. */
  get counts(): boolean {
    return !this.over && (this.up || this.state !== "connecting");
  }

  protected get listens(): boolean {
    return this.state === "open" && this.suspends === 0 && this.claimed && !this.isListener;
  }

  /** The peer's FIN is seen by whoever takes no data too, if none waits. */
  protected get hears(): boolean {
    if (this.claimed || this.decoder.rest.length > 0) return this.listens;
    return this.state === "open" && this.suspends === 0;
  }

  protected get isListener(): boolean {
    return this.role === "listener";
  }

  protected get bothEnded(): boolean {
    return this.endSeen && (!this.allowHalfOpen || this.halfClosed);
  }

  get framing(): Framing | null {
    return this.decoder.framing;
  }
}

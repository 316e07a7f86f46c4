/**
 * What is known of one socket, and what follows from it: which event may come now, and which must.
 *
 * Only questions here; socket.ts has everything that changes the answers. "May" and "must" differ
 * where the contract leaves a moment open: a timer's lateness, or what was suspended only for a moment.
 */
import { Deadlines } from "./deadlines.ts";
import type { Format } from "./format.ts";
import { Receive } from "./receive.ts";
import { type Marks, Transmit } from "./transmit.ts";

export type State = "connecting" | "open" | "closing" | "closed";

export interface Rules extends Marks {
  readonly format: Format | null;
  readonly allowHalfOpen: boolean;
  /** Milliseconds; 0 is none. Of accepted sockets `handshakeTimeout`. */
  readonly connectTimeout: number;
  readonly idleTimeout: number;
  /** Made by a server: open at once, `connect` in place of `open` (M92). */
  readonly accepted: boolean;
  /** TLS from the first byte: nothing is up before its handshake. */
  readonly secure: boolean;
}

/** How far an upgrade is: asked for, begun by the transport, verified. */
export type Security = "plain" | "upgrading" | "handshaking" | "secure";

export type How = "may" | "must";

const NONE: readonly string[] = [];

export class Facts {
  readonly receive: Receive;
  readonly transmit: Transmit;
  readonly deadlines: Deadlines;
  /** Somebody listens to data. */
  consumed = true;
  /** Somebody wants data now; who pulls does not always, and meanwhile it waits. */
  protected wanted = true;
  /** `open` or `connect` was told. */
  protected opened = false;
  /** The name of the error that was told. */
  protected error: string | null = null;
  /** Its AbortSignal has ended it. */
  protected signalled = false;
  /** Verified when its server may have been full: then it is let go without a word. */
  unsure = false;
  /** Engine memory may run out: what came may have to wait, and a socket that holds bytes fail for it. */
  scarce = false;
  readonly rules: Rules;
  protected state: State;
  protected told: "nothing" | "up" | "error" | "close" = "nothing";
  /** The transport is up. */
  protected up: boolean;
  /** closeImmediately(), or any close before it was open: only `close` follows (M29, M89). */
  protected aborted = false;
  protected halfClosed = false;
  protected endTold = false;
  /** The peer's end could be seen, whatever was suspended later: it may have been noticed. */
  protected endSeen = false;
  /** The engine has said all it had to say while that was so: it has been noticed. */
  protected endNoticed = false;
  /** The next bytes' faults as they could be found in this turn, whatever was called later. */
  protected faultsSeen: readonly string[] = NONE;
  protected failure: string | null = null;
  protected suspends = 0;
  protected security: Security;
  /** Plaintext was left in front of an upgrade, but close() came: it may be an error or not. */
  protected injected = false;
  /** FIN was ordered. */
  protected finished = false;
  /** Accepted, and let go before anybody heard of it. */
  protected unheard = false;

  constructor(rules: Rules, now: number) {
    this.rules = rules;
    this.state = rules.accepted ? "open" : "connecting";
    this.up = rules.accepted && !rules.secure;
    this.security = rules.secure ? "secure" : "plain";
    this.receive = new Receive(rules.format);
    this.transmit = new Transmit(rules);
    this.deadlines = new Deadlines(now, rules.connectTimeout, rules.idleTimeout);
    if (this.up) this.deadlines.active(now);
  }

  get suspended(): boolean {
    return this.suspends > 0;
  }

  get over(): boolean {
    return this.told === "close" || this.unheard;
  }

  /** It is read by pulling, and nobody waits for data. */
  get unwanted(): boolean {
    return !this.wanted;
  }

  /** How a loop over its data ends: null, or the name of what it throws. */
  get ending(): string | null {
    return this.error ?? (this.signalled ? "AbortError" : null);
  }

  /** Between upgradeToSecure() and the verified handshake. */
  get awaitsTls(): boolean {
    return this.security === "upgrading" || this.security === "handshaking";
  }

  protected get status(): string {
    return `${this.state}, told ${this.told}${this.suspended ? ", suspended" : ""}`;
  }

  protected get upEvent(): "open" | "connect" {
    return this.rules.accepted ? "connect" : "open";
  }

  protected get upDue(): boolean {
    const alive = this.state === "connecting" || (this.rules.accepted && this.state === "open");
    return this.up && this.told === "nothing" && alive && this.failure === null;
  }

  protected get mayDeliver(): boolean {
    return this.wanted && this.mayLook;
  }

  /** M94, M98, M32; and nothing of what came before TLS is ever delivered (M107). */
  protected get mayLook(): boolean {
    const alive = this.state === "open" && this.told === "up";
    return alive && !this.suspended && !this.awaitsTls && this.failure === null;
  }

  /** The errors of which one may, or must, come now: whichever was found first. */
  protected problems(how: How, now: number): readonly string[] {
    if (this.aborted || this.told === "error" || this.told === "close") return NONE;
    const { pending, lost } = this.receive;
    const left = pending > 0 || lost || (how === "may" && this.injected);
    const names: string[] = [];
    if (this.failure !== null) names.push(this.failure); // M92c, also while suspended (M99)
    if (this.awaitsTls && left) names.push("SecurityError"); // M107
    if (this.awaitsTls && this.receive.ended) names.push("NetworkInterruptError");
    if (this.timeout(how, now)) names.push("NetworkTimeoutError");
    if (this.mayDeliver && (how === "may" || !this.scarce)) names.push(...this.receive.faults(how));
    if (how === "may") names.push(...this.faultsSeen);
    return names;
  }

  /** Whether a deadline may be, or must have been, passed. */
  protected timeout(how: How, now: number): boolean {
    const late = this.deadlines;
    if (!this.up || this.awaitsTls) {
      if (how === "may" ? late.connectMayExpire(now) : late.connectMustExpire(now)) return true;
    }
    if (this.told !== "up") return false;
    if (how === "may") return late.idleMayExpire(now);
    const counts = this.state === "open" && !this.awaitsTls && this.wanted;
    return counts && late.idleMustExpire(now);
  }

  /** Whether an unexpected error may be the engine's memory; what nobody took needed some, too. */
  protected get mayStarve(): boolean {
    const { pending, lost } = this.receive;
    return this.scarce && this.state === "open" && (pending > 0 || lost);
  }

  protected get drainDue(): boolean {
    const alive = this.state === "open" || this.state === "closing"; // M86
    return alive && this.failure === null && this.transmit.drainDue;
  }

  protected endDue(how: How): boolean {
    const wanted = this.rules.allowHalfOpen && !this.endTold && this.state === "open";
    const noticed = how === "may" ? this.endSeen : this.endNoticed;
    return wanted && this.told === "up" && noticed && this.failure === null;
  }

  /** M92a, M92b: whether the peer has ended, and so have we, or must. */
  #bothEnded(noticed: boolean): boolean {
    if (!noticed) return false;
    return !this.rules.allowHalfOpen || (this.endTold && this.halfClosed);
  }

  /** M84: drain comes first. M106: a close waits for an upgrade that was asked for before it. */
  protected closeDue(how: How): boolean {
    if (this.told === "error" || this.aborted) return this.told !== "close";
    if (this.told !== "up" || this.failure !== null) return false;
    if (this.transmit.amount > 0 || this.drainDue) return false;
    if (this.state === "closing") return how === "may" || !this.awaitsTls;
    if (this.awaitsTls || this.state !== "open") return false;
    return this.#bothEnded(how === "may" ? this.endSeen : this.endNoticed);
  }

  /** What the transport must have been told by now, and was not. */
  protected get missingOrder(): string | null {
    if (!this.up || this.state === "closed" || this.failure !== null) return null;
    const secured = this.security === "secure";
    if (this.security !== "handshaking" && this.transmit.owes(secured)) return "write";
    if (this.security === "upgrading" && this.transmit.plainFlushed) return "secure";
    const ending = this.state === "closing" || this.halfClosed;
    const idle = this.transmit.amount === 0 && !this.awaitsTls;
    return ending && idle && !this.finished ? "finish" : null;
  }

  /** M99: the end is only seen behind all data, and not while suspended; nor is what is no message. */
  protected lookForEnd(): void {
    if (!this.mayLook) return;
    if (this.receive.exhausted) this.endSeen = true;
    const faults = this.receive.faults("may");
    if (faults.length > 0) this.faultsSeen = faults;
  }
}

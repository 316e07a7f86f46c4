/**
 * The model of one socket: what Mozilla's TCPSocket must do, told as slowly and plainly as possible.
 *
 *     reports (connected, received, …) ─► facts ─► may(event)? must(event)? ─► announced
 *     calls (send, close, …)           ─►
 *
 * It predicts no order between sockets and no size of chunks: when the engine says something it
 * answers whether that was allowed, and when the engine has nothing more to say, whether something is
 * missing. State changes are part of the event that announces them (M24, M27). M numbers are facts
 * of Mozilla's API.
 */
import { must } from "./divergence.ts";
import type { Rules, State } from "./facts.ts";
import type { Format } from "./format.ts";
import { Wired } from "./wired.ts";

/** What the app is told. */
export type Said =
  | { readonly type: "open" | "connect" | "drain" | "end" | "close" }
  | { readonly type: "data"; readonly bytes: Uint8Array }
  | { readonly type: "messages"; readonly messages: readonly Uint8Array[] }
  | { readonly type: "error"; readonly name: string };

/** What a call that is refused throws; nothing has changed then. */
export type Refusal =
  | "InvalidStateError"
  | "RangeError"
  | "QuotaExceededError"
  | "NotSupportedError";

export class ModelSocket extends Wired {
  /** Another framing may be set; sends are encoded by it too. */
  #format: Format | null;

  constructor(rules: Rules, now: number) {
    super(rules, now);
    this.#format = rules.format;
  }

  // ---------------------------------------------------------------- what the app sees

  get readyState(): State {
    return this.state;
  }

  get bufferedAmount(): number {
    return this.transmit.amount;
  }

  get ssl(): boolean {
    return this.security !== "plain";
  }

  // ---------------------------------------------------------------- what the app calls

  /** What it answers, or the refusals that are right, of which the order is not fixed. */
  send(payload: Uint8Array): boolean | readonly Refusal[] {
    if (this.state !== "open" || this.halfClosed) return ["InvalidStateError"]; // M63
    const bytes = this.#format === null ? payload.slice() : this.#format.encode(payload);
    if (bytes !== null) return this.transmit.add(bytes, this.ssl) ?? ["QuotaExceededError"];
    const full = this.transmit.amount + payload.length > this.rules.maxBufferedAmount;
    return full ? ["RangeError", "QuotaExceededError"] : ["RangeError"];
  }

  suspend(now: number): void {
    this.suspends++; // M95, in any state
    this.deadlines.suspended(now);
  }

  resume(now: number): Refusal | undefined {
    if (this.suspends === 0) return "InvalidStateError"; // M96
    this.suspends--;
    if (this.suspends === 0) this.deadlines.resumed(now);
    this.lookForEnd();
    return;
  }

  /** Whether somebody waits for data, of those who pull it. */
  want(wanted: boolean, now: number): void {
    if (wanted && !this.wanted) this.deadlines.wanted(now);
    this.wanted = wanted;
    this.lookForEnd();
  }

  /** The socket's AbortSignal: as closeImmediately(), and promises reject with its reason. */
  abort(): void {
    if (this.state !== "closed") this.signalled = true;
    this.closeImmediately();
  }

  /** A promise that is asked for now: what must have become of it, whenever that is looked at. */
  promise(name: "opened" | "closed" | "drained"): () => string {
    const { waiting, drains } = this.transmit;
    return () => {
      if (name === "opened" && this.opened) return "resolved";
      if (name === "drained" && (!waiting || this.transmit.drains > drains)) return "resolved";
      if (!this.over) return "pending";
      return this.ending ?? (name === "closed" ? "resolved" : "AbortError");
    };
  }

  close(): void {
    if (this.state === "connecting")
      this.closeImmediately(); // M29
    else if (this.state === "open") {
      this.state = "closing"; // M26
      this.discard(); // M48
    }
  }

  closeImmediately(): void {
    if (this.state === "closed") return;
    this.state = "closing"; // from closing, too (M90)
    this.aborted = true;
    this.receive.drop();
    this.transmit.drop();
  }

  /** Accepted, but nobody is to hear of it: no onconnect, or the server closes (M117, M122). */
  letGo(): void {
    this.closeImmediately();
    this.unheard = true;
  }

  halfClose(): void {
    if (this.state === "connecting" || this.state === "open") this.halfClosed = true;
  }

  setFraming(format: Format | null): void {
    this.#format = format;
    this.receive.format = format;
    this.lookForEnd();
  }

  /**
   * "again" if it is secure already, or about to be (M102).
   * @param able whether it has what its side of TLS needs
   */
  upgrade(able: boolean, now: number): "started" | "again" | readonly Refusal[] {
    if (this.state !== "open") return ["InvalidStateError"];
    if (this.security !== "plain") return "again";
    const refusals: Refusal[] = this.halfClosed ? ["InvalidStateError"] : [];
    if (!able) refusals.push("NotSupportedError"); // M109
    if (refusals.length > 0) return refusals;
    this.security = "upgrading"; // M103
    this.deadlines.upgrading(now);
    return "started";
  }

  /** The handler of several messages has returned and has not said which is the last (M107). */
  unsettled(): void {
    if (this.security === "upgrading") this.failure ??= "SecurityError";
  }

  // ---------------------------------------------------------------- what the engine says

  /** @throws Divergence if it may not come now */
  announced(said: Said, now: number): void {
    this.settle();
    if (this.scarce) this.deadlines.wanted(now); // what waited for room may have come only now
    switch (said.type) {
      case "open":
      case "connect":
        must(this.upDue && said.type === this.upEvent, `${said.type}: not now`);
        this.state = "open";
        this.told = "up";
        this.opened = true;
        break;
      case "data":
        must(this.mayDeliver, `data: while ${this.status}`);
        this.receive.deliver(said.bytes);
        break;
      case "messages":
        must(this.mayDeliver, `messages: while ${this.status}`);
        must(said.messages.length > 0, "messages: an empty batch");
        for (const message of said.messages) this.receive.deliver(message);
        break;
      case "drain":
        must(this.drainDue, "drain: not now");
        this.transmit.drained();
        break;
      case "end":
        must(this.endDue("may"), "end: not now");
        this.endTold = true;
        break;
      case "error":
        this.#fail(said.name, now);
        break;
      case "close":
        must(this.closeDue("may"), `close: while ${this.status}`);
        this.#end("close");
    }
    this.lookForEnd();
  }

  /** What is missing when the engine has nothing more to say, or null. */
  missing(now: number): string | null {
    if (this.over) return null;
    this.settle();
    this.faultsSeen = [];
    if (this.endSeen && !this.suspended) this.endNoticed = true;
    if (this.told === "error") return "close";
    if (this.upDue) return this.upEvent;
    if (this.aborted) return "close";
    const [problem] = this.problems("must", now);
    if (problem !== undefined) return `error ${problem}`;
    if (this.mayDeliver && this.receive.hasMessage && !this.scarce) return "data";
    if (this.mayDeliver && !this.scarce) this.receive.passOver();
    if (this.drainDue) return "drain";
    if (this.endDue("must")) return "end";
    return this.closeDue("must") ? "close" : this.missingOrder;
  }

  #fail(name: string, now: number): void {
    must(this.told !== "error" && this.told !== "close" && !this.aborted, "error: not now");
    const problems = this.problems("may", now);
    const starved = name === "NetworkError" && this.mayStarve;
    must(problems.includes(name) || starved, `error ${name}: expected ${problems}`);
    this.error = name;
    this.#end("error");
  }

  /** M46: it is closed in both, error and close. */
  #end(told: "error" | "close"): void {
    this.state = "closed";
    this.told = told;
    this.receive.drop();
    this.transmit.drop();
  }
}

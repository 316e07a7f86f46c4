/**
 * One socket of a schedule: the engine's and its model, which hear the same calls and must agree.
 */
import type { TCPSocket } from "../../bindings/index.ts";
import { Awaited, type PromiseName } from "./awaited.ts";
import { someBytes } from "./bytes.ts";
import { type Framed, payloadSize } from "./formats.ts";
import { Listening, type Taker } from "./listening.ts";
import { must } from "./model.ts";
import { anySecrets } from "./security.ts";

export class Actor extends Listening {
  readonly awaited = new Awaited(this);
  #upgrading = false;
  /** How the promise of upgradeToSecure() was settled, if it was. */
  #secured: boolean | null = null;

  override adopt(socket: TCPSocket, taker: Taker): void {
    super.adopt(socket, taker);
    if (this.schedule.calm && !this.queued) this.calmDown();
  }

  /** Handed over for a server's loop: suspended until that takes it, and what comes first is kept. */
  enqueue(socket: TCPSocket): void {
    this.queued = true;
    this.pulls = true;
    this.model.suspend(this.schedule.now);
    this.adopt(socket, "nobody");
  }

  /** The loop has it: the app goes on with it. */
  handedOut(): void {
    this.queued = false;
    if (this.schedule.calm) this.calmDown();
    this.goesOn();
  }

  /** Anything the framing may take. */
  sendAny(): void {
    const { choices } = this.schedule;
    const size = payloadSize(choices, this.format, this.schedule.scarce);
    this.send(someBytes(choices.below(3), choices.below(1 << 17), size));
  }

  send(payload: Uint8Array): void {
    const { log } = this.schedule;
    const { socket } = this;
    const expected = this.model.send(payload);
    log?.({ op: "send", s: this.name, bytes: payload, expected });
    this.#call("send", expected, () => socket.send(payload));
    if (expected === false && this.schedule.choices.chance(25)) this.await("drained");
  }

  suspend(): void {
    this.schedule.log?.({ op: "suspend", s: this.name });
    this.model.suspend(this.schedule.now);
    this.#call("suspend", undefined, () => this.socket.suspend());
  }

  resume(): void {
    this.schedule.log?.({ op: "resume", s: this.name });
    const expected = this.model.resume(this.schedule.now);
    this.#call("resume", expected, () => this.socket.resume());
  }

  close(): void {
    this.schedule.log?.({ op: "close", s: this.name });
    this.model.close();
    this.#call("close", undefined, () => this.socket.close());
  }

  /** closeImmediately(), or the signal, which is the same. */
  closeImmediately(signal = false): void {
    this.schedule.log?.({ op: "abort", s: this.name });
    const abort = signal ? this.abort : undefined;
    if (abort && !abort.signal.aborted) this.model.abort();
    else this.model.closeImmediately();
    const how = abort ? () => abort.abort() : () => this.socket.closeImmediately();
    this.#call("closeImmediately", undefined, how);
  }

  /** No more faults: it takes all that comes. */
  calmDown(): void {
    while (this.model.suspended) this.resume();
    if (this.model.unwanted && !this.puller.active) this.take("data");
    this.puller.greedy = true;
    this.puller.pull();
  }

  halfClose(): void {
    this.schedule.log?.({ op: "halfClose", s: this.name });
    this.model.halfClose();
    this.#call("halfClose", undefined, () => this.socket.halfClose());
  }

  upgrade(): void {
    const { schedule, line } = this;
    const secrets = line.offer === null ? anySecrets(schedule.choices, "client") : null;
    const expected = this.model.upgrade(this.able, schedule.now);
    schedule.log?.({ op: "upgrade", s: this.name, expected });
    const started = expected === "started" || expected === "again";
    this.#call("upgradeToSecure", started ? undefined : expected, () => {
      const promise = this.socket.upgradeToSecure(secrets?.tls);
      if (expected !== "started") return;
      line.offer ??= secrets?.offer ?? null;
      this.#upgrading = true;
      promise.then(this.#settle(true), this.#settle(false));
    });
    if (expected === "started") schedule.upgraded(this);
  }

  /** When it is over: the promise tells how the handshake went, whatever came after. */
  compareUpgrade(): void {
    if (!this.#upgrading) return;
    must(this.#secured === this.model.verified, `upgradeToSecure(): ${this.#secured}`);
  }

  #settle(secured: boolean): () => void {
    return () => {
      must(this.#secured === null, "upgradeToSecure(): settled twice");
      this.#secured = secured;
    };
  }

  setFraming(format: Framed | null): void {
    const framing = format?.description ?? null;
    this.schedule.log?.({ op: "setFraming", s: this.name, framing });
    this.format = format;
    this.model.setFraming(format);
    this.#call("setFraming", undefined, () => this.socket.setFraming(framing));
  }

  /** Asks for one of the promises. */
  await(name: PromiseName): void {
    this.schedule.log?.({ call: "await", s: this.name, promise: name });
    if (name === "opened" && this.model.readyState === "connecting") this.pulls = true;
    if (this.pulls) this.take(this.taker);
    this.#call(name, undefined, () => this.awaited.take(name));
  }

  leaves(leave: () => void): void {
    this.schedule.log?.({ op: "close", s: this.name });
    this.model.close();
    this.#call("return", undefined, leave);
  }

  /** Makes a call, which must answer, or throw, what is expected. */
  #call(name: string, expected: unknown, call: () => unknown): void {
    const { schedule } = this;
    const before = schedule.calling;
    schedule.calling = name;
    let answer: unknown;
    try {
      answer = call();
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof RangeError)) throw error;
      answer = error.name;
    } finally {
      schedule.calling = before;
    }
    const right = Array.isArray(expected) ? expected.includes(answer) : answer === expected;
    if (!right) must(false, `${name}(): ${answer}, not ${expected}`);
    if (this.socket.bufferedAmount !== this.model.bufferedAmount) this.compare();
  }
}

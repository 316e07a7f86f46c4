/**
 * One socket of a schedule: the engine's and its model, which hear the same calls and must agree.
 */
import type { MessageBatch, TCPSocket } from "../../bindings/index.ts";
import { someBytes } from "./bytes.ts";
import type { Choices } from "./choices.ts";
import { type Framed, payloadSize } from "./formats.ts";
import type { Line } from "./line.ts";
import { type ModelSocket, must, type Said } from "./model.ts";
import { said } from "./said.ts";

/** What an actor needs of the schedule it is in. */
export interface Stagehand {
  readonly choices: Choices;
  readonly now: number;
  readonly log: ((entry: object) => void) | undefined;
  /** Engine memory may run out. */
  readonly scarce: boolean;
  /** Most bytes that may wait for a suspended socket. */
  readonly heldMax: number;
  /** The call that is being made. */
  calling: string;
  /** @throws Divergence if no event may come now */
  mayHear(type: Said["type"]): void;
  /** The app's handler of an event. */
  handle(actor: Actor): void;
}

/** Who takes the data. */
export type Taker = "data" | "messages" | "nobody";

export class Actor {
  readonly schedule: Stagehand;
  readonly line: Line;
  readonly model: ModelSocket;
  readonly abort: AbortController | undefined;
  socket!: TCPSocket;
  format: Framed | null;
  taker: Taker = "nobody";
  /** Whether it has what its side of TLS needs. */
  able = true;
  #upgrading = false;
  /** How the promise of upgradeToSecure() was settled, if it was. */
  #secured: boolean | null = null;
  /** The event being handled: its kind, and the so-manieth it is. Only for logs. */
  place: Record<string, number> = {};
  readonly #heardSoFar: Record<string, number> = {};

  constructor(schedule: Stagehand, line: Line, format: Framed | null, abort?: AbortController) {
    this.schedule = schedule;
    this.line = line;
    this.model = line.model;
    this.format = format;
    this.abort = abort;
  }

  get name(): string {
    return this.line.name;
  }

  adopt(socket: TCPSocket, taker: Taker): void {
    this.socket = socket;
    socket.onopen = (event: Event) => this.#heard("open", event);
    socket.ondrain = (event: Event) => this.#heard("drain", event);
    socket.onend = (event: Event) => this.#heard("end", event);
    socket.onerror = (event: Event) => this.#heard("error", event);
    socket.onclose = (event: Event) => this.#heard("close", event);
    this.take(taker);
  }

  /** Who takes the data from now on. Whoever does not is nobody, and data is dropped. */
  take(taker: Taker): void {
    this.schedule.log?.({ call: "take", s: this.name, taker });
    this.taker = taker;
    this.model.consumed = taker !== "nobody";
    const { socket } = this;
    socket.ondata = taker === "data" ? (event: Event) => this.#heard("data", event) : null;
    socket.onmessages = taker === "messages" ? (event) => this.#batch(event.data) : null;
  }

  /** What both must agree on whenever the engine has said all. */
  compare(): void {
    const { socket, model } = this;
    const { readyState, bufferedAmount } = socket;
    if (readyState !== model.readyState) {
      must(false, `readyState: ${readyState}, not ${model.readyState}`);
    }
    if (bufferedAmount !== model.bufferedAmount) {
      must(false, `bufferedAmount: ${bufferedAmount}, not ${model.bufferedAmount}`);
    }
  }

  /** What is held is bounded, and the transport is read unless there is a reason not to. */
  compareReading(): void {
    const { socket, model, line, schedule } = this;
    if (model.readyState !== "open" || schedule.scarce) return;
    const { bytesReceived, bytesSent } = socket;
    if (bytesReceived !== model.receive.total) must(false, `bytesReceived: ${bytesReceived}`);
    if (bytesSent !== model.transmit.confirmed) must(false, `bytesSent: ${bytesSent}`);
    const held = model.receive.pending;
    if (model.suspended && held > schedule.heldMax) must(false, `holds ${held} bytes`);
    if (line.paused && held === 0 && !model.suspended && !model.awaitsTls)
      must(false, "paused for no reason");
  }

  /** Anything the framing may take. */
  sendAny(): void {
    const { choices } = this.schedule;
    const size = payloadSize(choices, this.format);
    this.send(someBytes(choices.below(3), choices.below(1 << 17), size));
  }

  send(payload: Uint8Array): void {
    const { log } = this.schedule;
    const { socket } = this;
    const expected = this.model.send(payload);
    log?.({ op: "send", s: this.name, bytes: payload, expected });
    this.#call("send", expected, () => socket.send(payload));
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
    const { abort } = this;
    this.model.closeImmediately();
    const how = signal && abort ? () => abort.abort() : () => this.socket.closeImmediately();
    this.#call("closeImmediately", undefined, how);
  }

  halfClose(): void {
    this.schedule.log?.({ op: "halfClose", s: this.name });
    this.model.halfClose();
    this.#call("halfClose", undefined, () => this.socket.halfClose());
  }

  upgrade(): void {
    const { schedule } = this;
    const expected = this.model.upgrade(this.able, schedule.now);
    schedule.log?.({ op: "upgrade", s: this.name, expected });
    const started = expected === "started" || expected === "again";
    this.#call("upgradeToSecure", started ? undefined : expected, () => {
      const promise = this.socket.upgradeToSecure();
      if (expected !== "started") return;
      this.#upgrading = true;
      promise.then(this.#settle(true), this.#settle(false));
    });
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

  #heard(type: "open" | "data" | "drain" | "end" | "error" | "close", event: Event): void {
    const { error } = event as { error?: { code: string; cause?: { code?: string } } };
    this.#announced(said(type, event), error);
    this.schedule.handle(this);
  }

  #batch(batch: MessageBatch): void {
    const { choices } = this.schedule;
    const messages = [...batch];
    const several = messages.length > 1;
    const stop = choices.chance(25) ? choices.below(messages.length) : null;
    if (stop !== null) messages.length = stop + 1;
    this.#announced({ type: "messages", messages });
    if (stop !== null) {
      this.schedule.log?.({ op: "stopAfter", s: this.name, after: this.place });
      batch.stopAfter(stop);
    }
    try {
      this.schedule.handle(this);
    } finally {
      if (several && stop === null) this.model.unsettled();
    }
  }

  #announced(said: Said, error?: { code: string; cause?: { code?: string } }): void {
    const { schedule } = this;
    if (schedule.log) this.#note(said, error?.cause?.code ?? error?.code);
    schedule.mayHear(said.type);
    this.model.announced(said, schedule.now);
    this.compare();
  }

  #note(said: Said, code?: string): void {
    const framed = this.format !== null;
    this.schedule.log?.({ ev: said.type, s: this.name, framed, ...said, code });
    const count = said.type === "messages" ? said.messages.length : 1;
    const kind = said.type === "messages" || said.type === "data" ? "data" : said.type;
    const word = kind === "data" && framed ? "message" : kind;
    this.#heardSoFar[word] = (this.#heardSoFar[word] ?? 0) + count;
    this.place = { [word]: this.#heardSoFar[word] };
  }
}

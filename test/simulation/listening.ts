/**
 * One socket of a schedule as its app hears it: what the engine's tells is told to its model, and both
 * must agree. What the app calls is in actor.ts.
 */
import type { MessageBatch, TCPSocket } from "../../bindings/index.ts";
import type { Actor } from "./actor.ts";
import type { Choices } from "./choices.ts";
import type { Framed } from "./formats.ts";
import type { Line } from "./line.ts";
import { type ModelSocket, must, type Said } from "./model.ts";
import { Puller } from "./puller.ts";
import { said } from "./said.ts";

/** What an actor needs of the schedule it is in. */
export interface Stagehand {
  readonly choices: Choices;
  readonly now: number;
  readonly log: ((entry: object) => void) | undefined;
  /** Engine memory may run out. */
  readonly scarce: boolean;
  /** No more faults: who comes is to take all. */
  readonly calm: boolean;
  /** Most bytes that may wait for a suspended socket. */
  readonly heldMax: number;
  /** The call that is being made. */
  calling: string;
  /** The engine has had its turn: it has said all. */
  turned: boolean;
  /** An app has gone on behind an await; promises may have been settled by that. */
  wentOn: boolean;
  /** The engine has said all it had to say; what nobody listens to is dropped by now. */
  turnOver(): void;
  /** @throws Divergence if no event may come now */
  mayHear(type: Said["type"]): void;
  /** The app's handler of an event, or what it does behind an await. */
  handle(actor: Actor, awaited?: boolean): void;
  /** It begins TLS in the middle of its connection. */
  upgraded(actor: Actor): void;
}

/** Who takes the data. */
export type Taker = "data" | "messages" | "nobody" | "iterator";

export abstract class Listening {
  readonly schedule: Stagehand;
  readonly line: Line;
  readonly model: ModelSocket;
  readonly abort: AbortController | undefined;
  socket!: TCPSocket;
  format: Framed | null;
  taker: Taker = "nobody";
  /** Whether it has what its side of TLS needs. */
  able = true;
  readonly puller: Puller;
  /** It waits for its server's loop: the app does not have it yet. */
  queued = false;
  /** `opened` was asked for before it was: data waits while nobody listens. */
  protected pulls = false;
  /** The event being handled: its kind, and the so-manieth it is. Only for logs. */
  place: Record<string, number> = {};
  readonly #heardSoFar: Record<string, number> = {};

  constructor(schedule: Stagehand, line: Line, format: Framed | null, abort?: AbortController) {
    this.schedule = schedule;
    this.line = line;
    this.model = line.model;
    this.format = format;
    this.abort = abort;
    this.puller = new Puller(this as unknown as Actor);
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
    if (this.puller.active) return;
    const { socket, model } = this;
    this.schedule.log?.({ call: "take", s: this.name, taker });
    this.taker = taker;
    model.consumed = this.pulls || taker !== "nobody";
    if (this.pulls || taker === "iterator") this.wants(taker === "data" || taker === "messages");
    socket.ondata = taker === "data" ? (event: Event) => this.#heard("data", event) : null;
    socket.onmessages = taker === "messages" ? (event) => this.#batch(event.data) : null;
    if (taker === "iterator") this.puller.begin(socket);
  }

  /** Whether it waits for data. */
  wants(wanted: boolean): void {
    this.schedule.log?.({ call: "want", s: this.name, wanted });
    this.model.want(wanted, this.schedule.now);
  }

  /** The engine hands it something. */
  handed(bytes: Uint8Array): void {
    this.#announced({ type: "data", bytes });
    this.wants(false);
  }

  /** The app goes on behind an await; a turn follows if it has called something. */
  goesOn(): void {
    this.schedule.wentOn = true;
    if (this.schedule.turned) this.schedule.turnOver();
    this.schedule.turned = false;
    this.schedule.handle(this as unknown as Actor, true);
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
    if (this.queued && !line.paused) must(false, "read before its server's loop takes it");
    if ((model.suspended || model.unwanted) && held > schedule.heldMax)
      must(false, `holds ${held} bytes`);
    if (line.paused && held === 0 && !model.suspended && !model.awaitsTls && !model.unwanted)
      must(false, "paused for no reason");
  }

  #heard(type: "open" | "data" | "drain" | "end" | "error" | "close", event: Event): void {
    const { error } = event as { error?: { code: string; cause?: { code?: string } } };
    this.#announced(said(type, event), error);
    if (!this.queued) this.schedule.handle(this as unknown as Actor);
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
      this.schedule.handle(this as unknown as Actor);
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

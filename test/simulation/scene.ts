/**
 * One or two sockets of the small scope: their engine, their models and transports, and what each
 * app will do in its next handler.
 */
import { type Engine, TCPSocket } from "../../bindings/index.ts";
import { Actor } from "./actor.ts";
import { Choices } from "./choices.ts";
import { Line, type LineOwner } from "./line.ts";
import type { Stagehand } from "./listening.ts";
import { Divergence, ModelSocket, must, type Rules, type Said } from "./model.ts";
import { ScriptedNetwork, type ScriptedTransport } from "./scripted-host.ts";
import type { Tap, Watcher } from "./tap.ts";

/** Small marks, so that few bytes reach them, and a deadline. */
const RULES: Rules = {
  format: null,
  highWaterMark: 2,
  lowWaterMark: 0,
  maxBufferedAmount: 5,
  allowHalfOpen: true,
  connectTimeout: 50,
  idleTimeout: 40,
  accepted: false,
  secure: false,
};

/** Sockets differ in what decides most: the first lives on half open, the second does not. */
function rulesOf(socket: number): Rules {
  return { ...RULES, allowHalfOpen: socket === 0 };
}

export class Scene implements LineOwner, Stagehand, Watcher {
  readonly engine: Engine;
  readonly actors: Actor[] = [];
  readonly network = new ScriptedNetwork();
  readonly choices = new Choices([]);
  readonly log = undefined;
  readonly scarce = false;
  readonly calm = false;
  readonly heldMax = 1000;
  readonly breaks = true;
  calling = "";
  turned = false;
  wentOn = false;
  /** What the app does in its next handler, by socket. */
  readonly armed: (((actor: Actor) => void) | null)[] = [];
  #dialling: Line | null = null;
  #quiet = false;

  constructor(engine: Engine, tap: Tap, sockets: number) {
    this.engine = engine;
    tap.start(this.network, this);
    for (let socket = 0; socket < sockets; socket++) this.#dial(socket);
  }

  get now(): number {
    return this.network.now;
  }

  line(socket: number): Line {
    return (this.actors[socket] as Actor).line;
  }

  transport(socket: number): ScriptedTransport {
    return this.network.transports[socket] as ScriptedTransport;
  }

  /** A call of the app's, outside of handlers: no event may come in its task. */
  call(socket: number, call: (actor: Actor) => void): void {
    this.#quiet = true;
    call(this.actors[socket] as Actor);
  }

  turnOver(): void {} // nobody awaits anything here

  /** Runs all that is due, then holds engine and model against each other. */
  async settle(): Promise<void> {
    do {
      await null;
      await null;
      this.#quiet = false;
    } while (this.network.step());
    if (Divergence.first !== null) throw Divergence.first;
    for (const actor of this.actors) {
      const { model, name } = actor;
      if (model.over) continue;
      const missing = model.missing(this.now);
      if (missing !== null) must(false, `${name}: no ${missing}`);
      actor.compare();
      actor.compareReading();
    }
    must(!this.engine.failed, "the engine has failed");
  }

  /** All that decides what can happen from here on, but for the engine's own memory. */
  state(): string {
    const sockets = this.actors.map(({ model, line }, socket) => [
      model,
      [model.receive.state, model.transmit.state, model.deadlines.state(this.now)],
      [line.paused, line.destroyed, line.gone],
      this.transport(socket),
      this.armed[socket]?.name,
    ]);
    const plain = (key: string, value: unknown): unknown => {
      return ["sink", "transport", "receive", "transmit", "deadlines"].includes(key) ? 0 : value;
    };
    return JSON.stringify([sockets, this.network.timers], plain);
  }

  // ---------------------------------------------------------------- what actors and lines ask

  mayHear(type: Said["type"]): void {
    if (this.calling !== "") must(false, `${type}: inside ${this.calling}()`);
    if (this.#quiet) must(false, `${type}: in the task of a call`);
  }

  handle(actor: Actor): void {
    const socket = this.actors.indexOf(actor);
    const action = this.armed[socket];
    this.armed[socket] = null;
    action?.(actor);
  }

  dialled(): Line {
    return this.#dialling as Line;
  }

  /** Nobody is at the other end. */
  wireOf(): undefined {
    return undefined;
  }

  arrived(): never {
    throw new Error("nobody listens here");
  }

  upgraded(): void {}
  answered(): void {}
  listening(): void {}
  listenFailed(): void {}
  unlistened(): void {}

  #dial(socket: number): void {
    const rules = rulesOf(socket);
    const model = new ModelSocket(rules, this.now);
    const line = new Line(this, "ab"[socket] as string, model, false);
    const actor = new Actor(this, line, null);
    this.#dialling = line;
    this.actors.push(actor);
    this.armed.push(null);
    const { format: _, accepted: _accepted, secure: _secure, ...options } = rules;
    const engine = this.engine;
    actor.adopt(new TCPSocket("host", 1, { ...options, engine, binaryType: "uint8array" }), "data");
  }
}

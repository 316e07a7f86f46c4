/**
 * One random schedule: an engine on a loopback network with faults, a few sockets, servers and raw
 * peers, and apps that do anything at any time, in handlers and outside of them.
 *
 * Plays it step by step, and after each holds every socket against its model. Then the faults stop
 * and everything must settle; then everything is closed and nothing may be left. It all follows
 * from the choices.
 */
import type { Engine } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import type { Actor } from "./actor.ts";
import { PROMISES } from "./awaited.ts";
import { Cast, TAKERS } from "./cast.ts";
import type { Choices } from "./choices.ts";
import { anyNetwork } from "./conditions.ts";
import type { Line, LineOwner } from "./line.ts";
import type { Stagehand } from "./listening.ts";
import { Divergence, must, type Said } from "./model.ts";
import type { Stage } from "./simulate.ts";
import type { Tap } from "./tap.ts";
import type { Wire } from "./wires.ts";

/** So many sockets and servers the engine has room for. */
export const SOCKETS_MAX = 8;

export const WINDOW_BYTES = 16_384;

/** The loopback's largest read, where it does not read into the window. */
const READ_BYTES_MAX = 65_536;

/** A handler's own exception, which the platform reports. */
export const THROWN = "a handler's own";

/** Steps until calm must have come, after the faults have stopped; a loop may pull byte by byte. */
const SETTLE_STEPS_MAX = 1_000_000;

export class Schedule implements LineOwner, Stagehand {
  readonly choices: Choices;
  readonly engine: Engine;
  readonly network: Loopback;
  readonly cast: Cast;
  /** Takes note of all that happens, if somebody wants to know. */
  readonly log: ((entry: object) => void) | undefined;
  /** Engine memory is so small that it may run out. */
  readonly scarce: boolean;
  /** Most bytes that may wait for a suspended socket. */
  readonly heldMax: number;
  calling = "";
  turned = false;
  wentOn = false;
  calm = false;
  /** Whom a handler is running for. */
  handling: Actor | null = null;
  /** The app or a peer acts: no event may come before the network's next step. */
  #quiet = false;
  readonly #tap: Tap;

  constructor(stage: Stage, choices: Choices, log?: (entry: object) => void) {
    const { engine, tap, scarce } = stage;
    this.engine = engine;
    this.choices = choices;
    this.log = log && ((entry) => log({ ...entry, ...this.#place(entry), t: this.now }));
    this.#tap = tap;
    this.scarce = scarce;
    this.heldMax = READ_BYTES_MAX + 2 * WINDOW_BYTES;
    this.network = new Loopback(anyNetwork(choices));
    this.cast = new Cast(this);
    tap.start(this.network, this.cast);
  }

  get now(): number {
    return this.network.now;
  }

  get breaks(): boolean {
    return this.cast.connections.breaks;
  }

  wireOf(line: Line): Wire | undefined {
    return this.cast.connections.of(line);
  }

  async play(): Promise<void> {
    const { choices, cast } = this;
    cast.begin();
    await this.#settled();
    for (let left = 4 + choices.below(80); left > 0; left--) {
      this.turned = false;
      const what = choices.below(100);
      this.#quiet = what >= 60;
      if (what < 60) this.network.step();
      else if (what < 82) this.#act(null);
      else if (what < 85) cast.anyServer().act();
      else if (what < 99) cast.peers.act();
      else cast.connections.cut();
      await this.#settled();
    }
    await this.#calmDown();
    await this.#end();
  }

  /** Events come in tasks of their own, not in a call, nor in the microtasks behind it (M16, M27). */
  mayHear(type: Said["type"]): void {
    if (this.calling !== "") must(false, `${type}: inside ${this.calling}()`);
    if (this.#quiet) must(false, `${type}: in the task of a call`);
    if (this.handling !== null) must(false, `${type}: inside another handler`);
  }

  /** The app's handler of an event: does something, and sometimes throws. Or what stands behind an await. */
  handle(actor: Actor, awaited = false): void {
    if (this.calm) return;
    const { choices } = this;
    this.handling = actor;
    try {
      for (let i = Math.max(0, choices.below(5) - 2); i > 0; i--) this.#act(actor);
      if (!awaited && choices.chance(2)) throw new Error(THROWN);
    } finally {
      this.handling = null;
    }
  }

  upgraded(actor: Actor): void {
    this.cast.upgraded(actor);
  }

  /** Where a call is made: in the handler of an event of the same socket. */
  #place(entry: { op?: string; s?: string }): object | undefined {
    const actor = this.handling;
    return entry.op && actor?.name === entry.s ? { after: actor?.place } : undefined;
  }

  #act(handling: Actor | null): void {
    const { choices, cast } = this;
    const living = cast.living();
    const own = handling !== null && !choices.chance(25);
    const actor = own ? handling : living[choices.below(Math.max(1, living.length))];
    const what = choices.below(100);
    if (actor === undefined || what >= 97) cast.act(what);
    else this.#direct(actor, what, handling === null || handling === actor);
  }

  /**
   * One of a socket's calls. Who listens is changed by itself only, or outside of handlers; so is how it is
   * cut, and whether it waits, if nobody listens: had it been dropped before the handler, or is it after?
   */
  #direct(actor: Actor, what: number, own: boolean): void {
    const { choices, cast } = this;
    const heard = own || actor.model.consumed;
    if (actor.puller.active && choices.chance(40)) {
      if (choices.chance(4)) actor.puller.leave();
      else actor.puller.pull();
    } else if (what < 45) actor.sendAny();
    else if (what < 52 && heard) actor.setFraming(cast.anyFormat());
    else if (what < 57 && own) actor.take(choices.of(TAKERS));
    else if (what < 66 && heard) actor.suspend();
    else if (what < 80) actor.resume();
    else if (what < 85) actor.halfClose();
    else if (what < 88) actor.upgrade();
    else if (what < 92) actor.close();
    else if (what < 93) actor.closeImmediately(choices.chance(50));
    else if (what < 96) actor.await(choices.of(PROMISES));
    else cast.dial();
  }

  /** Lets promises go on, then looks whether the engine has said all it had to say. */
  async #settled(): Promise<void> {
    do {
      this.wentOn = false;
      await null;
      await null;
    } while (this.wentOn);
    if (Divergence.first !== null) throw Divergence.first;
    if (this.turned || this.#tap.deferred === 0) this.cast.compare();
    this.#quiet = false;
  }

  turnOver(): void {
    for (const { model } of this.cast.actors) if (!model.over) model.missing(this.now);
  }

  /** The faults stop, everybody takes what comes: everything must settle. */
  async #calmDown(): Promise<void> {
    this.calm = true;
    this.log?.({ calm: true });
    this.cast.calmDown();
    await this.#run();
    for (const actor of this.cast.actors) {
      const { model } = actor;
      const stuck = model.readyState === "closing" || model.transmit.amount > 0;
      must(!stuck || this.scarce, `${actor.name}: settles while ${model.readyState}`);
    }
    this.cast.connections.settled();
  }

  async #end(): Promise<void> {
    this.cast.end();
    await this.#run();
    this.cast.ended();
    const { sockets, poolBytes, poolFreeBytes } = this.engine.stats;
    must(!this.engine.failed, "the engine has failed");
    must(sockets === 0, `${sockets} sockets are left`);
    must(poolFreeBytes === poolBytes, `${poolBytes - poolFreeBytes} bytes of memory are left`);
  }

  /** Until nothing is to come. */
  async #run(): Promise<void> {
    this.#quiet = true;
    this.turned = false;
    await this.#settled();
    for (let steps = 0; steps < SETTLE_STEPS_MAX; steps++) {
      this.turned = false;
      this.#quiet = this.cast.leaveHopeless();
      if (!this.#quiet && !this.network.step()) return;
      await this.#settled();
    }
    must(false, "it does not settle");
  }
}

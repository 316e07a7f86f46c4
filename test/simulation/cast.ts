/**
 * Who takes part in a schedule: the engine's sockets and servers with their models, and raw peers.
 */
import { Actor } from "./actor.ts";
import { PROMISES } from "./awaited.ts";
import { Client } from "./client.ts";
import { anyOptions, CALM, rulesOf } from "./conditions.ts";
import { Connections } from "./connections.ts";
import { anyFormat, type Framed } from "./formats.ts";
import { Line } from "./line.ts";
import type { Taker } from "./listening.ts";
import { ModelSocket, must } from "./model.ts";
import { Peers } from "./peers.ts";
import { type Schedule, SOCKETS_MAX } from "./schedule.ts";
import { type Full, Server } from "./server.ts";
import type { Watcher } from "./tap.ts";

export const TAKERS: readonly Taker[] = ["data", "messages", "data", "nobody", "iterator"];
const ACTORS_MAX = 7;
/** Nobody listens there. */
const DEAD_PORT = 9;

function isOver({ gone, model }: Line): boolean {
  return gone && model.over;
}

export class Cast implements Watcher {
  readonly actors: Actor[] = [];
  readonly #schedule: Schedule;
  readonly #servers: Server[] = [];
  readonly peers: Peers;
  readonly connections: Connections;
  /** Of the socket whose constructor is running. */
  #dialling: Line | null = null;
  #named = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.peers = new Peers(schedule, this);
    this.connections = new Connections(schedule);
  }

  anyServer(): Server {
    return this.#schedule.choices.of(this.#servers);
  }

  get turned(): boolean {
    return this.#schedule.turned;
  }

  set turned(turned: boolean) {
    this.#schedule.turned = turned;
  }

  begin(): void {
    const { choices } = this.#schedule;
    this.peers.listen();
    this.listen();
    for (let i = choices.below(3); i >= 0; i--) this.dial();
  }

  living(): Actor[] {
    return this.actors.filter(({ model, queued }) => !model.over && !queued);
  }

  // ---------------------------------------------------------------- what apps do

  /** What is nobody's in particular. */
  act(what: number): void {
    if (what < 98) this.dial();
    else if (what < 99) this.listen();
    else this.#schedule.choices.of(this.#servers).close();
  }

  dial(): void {
    const { choices } = this.#schedule;
    if (this.actors.length >= ACTORS_MAX) return;
    const format = choices.chance(60) ? this.anyFormat() : null;
    const client = new Client(this.#schedule, this.#name(), format, (secure) => {
      const server = this.#serverFor(secure);
      const raw = this.peers.port;
      return choices.of([raw, raw, server, server, DEAD_PORT]);
    });
    const { actor } = client;
    const full = this.#full();
    this.#dialling = actor.line;
    try {
      const socket = client.open();
      if (full.surely) must(false, "new TCPSocket: beyond maxSockets");
      this.actors.push(actor);
      actor.adopt(socket, choices.of(TAKERS));
      if (choices.chance(12)) actor.await(choices.of(PROMISES));
    } catch (error) {
      if (!full.maybe || (error as Error).name !== "QuotaExceededError") throw error;
    } finally {
      this.#dialling = null;
    }
  }

  listen(): void {
    const { choices } = this.#schedule;
    if (this.#servers.length >= 3) return;
    const rules = anyOptions(choices, choices.of([10_000, 20]));
    const format = choices.chance(60) ? this.anyFormat() : null;
    const most = choices.chance(20) ? choices.below(3) : Number.POSITIVE_INFINITY;
    const server = new Server(this.#schedule, `l${this.#servers.length}`, rules, format, most);
    const full = this.#full();
    this.#servers.push(server);
    server.connected = (socket, line, queued) => {
      const actor = new Actor(this.#schedule, line, format);
      actor.able = server.able;
      this.actors.push(actor);
      if (queued) actor.enqueue(socket);
      else actor.adopt(socket, choices.of(TAKERS));
      return actor;
    };
    if (!server.listen(full, this.peers.port)) this.#servers.pop();
  }

  calmDown(): void {
    Object.assign(this.#schedule.network.faults, CALM);
    this.peers.calm();
    for (const server of this.#servers) server.calmDown();
    for (const actor of this.actors) if (!actor.queued) actor.calmDown();
  }

  /** No more faults: who keeps a handshake from ending goes. Returns whether somebody did. */
  leaveHopeless(): boolean {
    let left = false;
    for (const end of this.connections.hopeless()) {
      left = true;
      this.peers.at(end)?.far.destroy();
      this.actors.find(({ line }) => line.end === end)?.closeImmediately();
    }
    return left;
  }

  /** Closes all that is left, one way or the other. */
  end(): void {
    for (const server of this.#servers) server.close();
    for (const [index, actor] of this.actors.entries()) {
      if (index % 2 === 0) actor.close();
      else actor.closeImmediately();
    }
    this.peers.end();
  }

  ended(): void {
    for (const server of this.#servers) server.compareLoop();
    for (const actor of this.actors) {
      must(actor.model.over, `${actor.name}: not closed`);
      actor.compareUpgrade();
      actor.awaited.compare();
      actor.puller.compare();
    }
    for (const line of this.connections.lines)
      must(line.gone, `${line.name}: its transport lives on`);
  }

  /** Everybody against the model: nothing may be missing. */
  compare(): void {
    const { now } = this.#schedule;
    for (const actor of this.actors) {
      if (actor.model.over) continue;
      const missing = actor.model.missing(now);
      if (missing !== null) must(false, `${actor.name}: no ${missing}`);
      actor.compare();
      actor.compareReading();
      actor.awaited.compare();
    }
    for (const server of this.#servers) {
      server.compare();
      server.freed = server.gone;
    }
    for (const line of this.connections.lines) line.freed ||= isOver(line);
  }

  // ---------------------------------------------------------------- what the tap sees

  dialled(): Line {
    must(this.#dialling !== null, "connect: nobody dials");
    this.connections.lines.push(this.#dialling);
    return this.#dialling;
  }

  arrived(server: number): Line {
    const { rules, format, secrets } = this.#servers[server] as Server;
    const model = new ModelSocket(rulesOf(rules, format, true), this.#schedule.now);
    const line = new Line(this.#schedule, this.#name(), model, true);
    line.offer = secrets.offer;
    return line;
  }

  answered(server: number, line: Line, taken: boolean): void {
    (this.#servers[server] as Server).answered(line, taken, this.#full());
    if (!taken) return;
    this.turned = true;
    this.connections.lines.push(line);
    this.connections.of(line);
  }

  listening(server: number): void {
    this.turned = true;
    this.#servers[server]?.model.bound();
  }

  listenFailed(server: number, cause: unknown): void {
    this.turned = true;
    this.#servers[server]?.failed(cause);
  }

  unlistened(server: number): void {
    this.turned = true;
    (this.#servers[server] as Server).model.gone = true;
  }

  /** Whether maxSockets live. A socket that ended in this turn may still be counted. */
  #full(): Full {
    const all = [...this.connections.lines, ...this.#servers];
    const living = all.filter((one) => !(one instanceof Line ? isOver(one) : one.gone)).length;
    const unfreed = all.filter(({ freed }) => !freed).length;
    return { surely: living >= SOCKETS_MAX, maybe: unfreed >= SOCKETS_MAX };
  }

  /** An end begins TLS in the middle of a connection; mostly the other does, too. */
  upgraded({ line }: Actor): void {
    const wire = this.connections.of(line);
    if (wire === undefined || !this.#schedule.choices.chance(70)) return;
    const other = wire.other(line.end);
    this.peers.at(other)?.secure();
    const actor = this.actors.find((one) => one.line.end === other);
    if (actor?.model.readyState === "open" && !actor.model.ssl) actor.upgrade();
  }

  /** The port of any server, mostly of one that does with TLS as the client will. */
  #serverFor(secure: boolean): number {
    const { choices } = this.#schedule;
    const fit = this.#servers.filter(({ rules }) => rules.secure === secure);
    return choices.of(fit.length > 0 && choices.chance(85) ? fit : this.#servers).port;
  }

  anyFormat(): Framed | null {
    const { choices, scarce } = this.#schedule;
    return choices.chance(80) ? anyFormat(choices, scarce) : null;
  }

  #name(): string {
    return String.fromCharCode(97 + this.#named++);
  }
}

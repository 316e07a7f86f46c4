/**
 * One server of a schedule: the engine's and its model.
 */
import { TCPServerSocket, type TCPSocket } from "../../bindings/index.ts";
import type { Actor } from "./actor.ts";
import { type Options, socketOptions } from "./conditions.ts";
import type { Framed } from "./formats.ts";
import type { Line } from "./line.ts";
import { ModelListener, must } from "./model.ts";
import type { Schedule } from "./schedule.ts";
import { anySecrets, type Secrets } from "./security.ts";

/** Whether the engine has no room for another socket. */
export interface Full {
  readonly surely: boolean;
  readonly maybe: boolean;
}

export class Server {
  readonly name: string;
  readonly rules: Options;
  readonly format: Framed | null;
  /** Whether it has a certificate. */
  readonly able: boolean;
  readonly secrets: Secrets;
  /** Makes the actor of an accepted socket. */
  connected!: (socket: TCPSocket, line: Line) => Actor;
  port = 0;
  /** The host has let go of it. */
  gone = false;
  /** It was gone when the engine had last said all: its slot is surely free. */
  freed = false;
  readonly #schedule: Schedule;
  readonly #model: ModelListener;
  readonly #maxConnections: number;
  /** Accepted and not announced. */
  readonly #waiting: Line[] = [];
  #socket!: TCPServerSocket;

  constructor(
    schedule: Schedule,
    name: string,
    rules: Options,
    format: Framed | null,
    maxConnections: number,
  ) {
    this.#schedule = schedule;
    this.name = name;
    this.rules = rules;
    this.format = format;
    this.able = rules.secure || schedule.choices.chance(60);
    this.secrets = anySecrets(schedule.choices, "server");
    this.#maxConnections = maxConnections;
    this.#model = new ModelListener(maxConnections);
  }

  /** @returns whether the engine had room for it */
  listen(full: Full): boolean {
    const { choices, engine } = this.#schedule;
    try {
      this.#socket = new TCPServerSocket(0, {
        ...socketOptions(this.rules),
        engine,
        binaryType: "uint8array",
        maxConnections: this.#maxConnections,
        handshakeTimeout: this.rules.connectTimeout,
        tls: this.able ? this.secrets.tls : undefined,
        framing: this.format?.description,
      });
      must(!full.surely, "new TCPServerSocket: beyond maxSockets");
    } catch (error) {
      if (!full.maybe || (error as Error).name !== "QuotaExceededError") throw error;
      return false;
    }
    this.port = this.#socket.localPort;
    this.#socket.onerror = ({ name }) => must(false, `${this.name}: error ${name}`);
    this.#model.claimed = !choices.chance(8);
    if (!this.#model.claimed) return true;
    this.#socket.onconnect = ({ socket }) => this.#connect(socket as TCPSocket);
    return true;
  }

  answered(line: Line, taken: boolean, full: Full): void {
    const how = { role: "accepted", parent: this.name, up: !this.rules.secure };
    if (taken) this.#schedule.log?.({ op: "open", s: line.name, ...how });
    if (!taken) {
      must(full.maybe || this.#model.refuses("may"), "accept: refused for no reason");
      return;
    }
    must(!full.surely, "accept: beyond maxSockets");
    line.listener = this.#model;
    this.#model.accepted(line.model, this.rules.secure);
    this.#waiting.push(line);
  }

  close(): void {
    this.#schedule.log?.({ op: "close", s: this.name });
    this.#model.close();
    this.#socket.close();
  }

  compare(): void {
    const missing = this.#model.missing();
    if (missing !== null) must(false, `${this.name}: no ${missing}`);
  }

  #connect(socket: TCPSocket): void {
    this.#schedule.mayHear("connect");
    const index = this.#waiting.findIndex((line) => line.clientPort === socket.remotePort);
    const [line] = this.#waiting.splice(index, 1) as [Line];
    this.#model.announced(line.model, this.#schedule.now);
    const actor = this.connected(socket, line);
    actor.compare();
    this.#schedule.handle(actor);
  }
}

/**
 * One server of a schedule: the engine's and its model.
 */
import { TCPServerSocket, type TCPSocket } from "../../bindings/index.ts";
import type { Actor } from "./actor.ts";
import { type Options, socketOptions } from "./conditions.ts";
import type { Framed } from "./formats.ts";
import type { Line } from "./line.ts";
import { type Cause, ModelListener, must, nameOf } from "./model.ts";
import type { Schedule } from "./schedule.ts";
import { anySecrets, type Secrets } from "./security.ts";
import { type LoopOwner, ServerLoop } from "./server-loop.ts";

/** Whether the engine has no room for another socket. */
export interface Full {
  readonly surely: boolean;
  readonly maybe: boolean;
}

/** Where it listens. Without a host it is bound at once. */
interface Place {
  readonly host: string | undefined;
  readonly port: number;
}

export class Server implements LoopOwner {
  readonly name: string;
  readonly rules: Options;
  readonly format: Framed | null;
  /** Whether it has a certificate. */
  readonly able: boolean;
  readonly secrets: Secrets;
  readonly model: ModelListener;
  /** Makes the actor of an accepted socket. */
  connected!: (socket: TCPSocket, line: Line, queued: boolean) => Actor;
  /** It was gone when the engine had last said all: its slot is surely free. */
  freed = false;
  readonly #schedule: Schedule;
  readonly #maxConnections: number;
  readonly #abort: AbortController | undefined;
  /** Accepted and not announced. */
  readonly #waiting: Line[] = [];
  /** What became of `listening`, by the times it was asked for. */
  readonly #promises: string[] = [];
  #socket: TCPServerSocket | undefined;
  #loop: ServerLoop | undefined;

  constructor(
    schedule: Schedule,
    name: string,
    rules: Options,
    format: Framed | null,
    maxConnections: number,
  ) {
    const { choices } = schedule;
    this.#schedule = schedule;
    this.name = name;
    this.rules = rules;
    this.format = format;
    this.able = rules.secure || choices.chance(60);
    this.secrets = anySecrets(choices, "server");
    this.#maxConnections = maxConnections;
    this.#abort = choices.chance(5) ? new AbortController() : undefined;
    this.model = new ModelListener(maxConnections);
  }

  /** 0 until it is bound. */
  get port(): number {
    return this.#socket?.localPort ?? 0;
  }

  /** The host has let go of it. */
  get gone(): boolean {
    return this.model.gone;
  }

  /**
   * @param taken a port that is in use
   * @returns whether there is something of it: no room for it in the engine leaves nothing
   */
  listen(full: Full, taken: number): boolean {
    const { choices } = this.#schedule;
    const host = choices.chance(20) ? choices.of(["localhost", "::1", "gone.invalid"]) : undefined;
    const place = { host, port: choices.chance(5) ? taken : 0 };
    this.#note(place);
    const refused = place.port !== 0 && host === undefined;
    try {
      this.#socket = this.#open(place);
      must(!full.surely, "new TCPServerSocket: beyond maxSockets");
      must(!refused, "new TCPServerSocket: on a port that is in use");
    } catch (error) {
      const { name } = error as Error;
      if (full.maybe && name === "QuotaExceededError") return false;
      if (!refused || name !== "NetworkError") throw error;
      this.model.close();
      return true;
    }
    this.#attend(this.#socket);
    return true;
  }

  /** The app does something with it. */
  act(): void {
    const what = this.#schedule.choices.below(100);
    if (what < 45) this.#loop?.pull();
    else if (what < 65) this.#loop?.leave();
    else if (what < 80) this.#await();
    else if (what < 90) this.#misuse();
    else this.close(true);
  }

  /** No more faults: whoever comes is taken. */
  calmDown(): void {
    this.#loop?.pull();
  }

  answered(line: Line, taken: boolean, full: Full): void {
    const how = { role: "accepted", parent: this.name, up: !this.rules.secure };
    if (taken) this.#schedule.log?.({ op: "open", s: line.name, ...how });
    if (!taken) {
      must(full.maybe || this.model.refuses("may"), "accept: refused for no reason");
      return;
    }
    must(!full.surely, "accept: beyond maxSockets");
    line.listener = this.model;
    this.model.accepted(line.model, this.rules.secure);
    this.#waiting.push(line);
  }

  /** @param signal by its AbortSignal, if it has one */
  close(signal = false): void {
    this.#schedule.log?.({ op: "close", s: this.name });
    if (signal && this.#abort !== undefined && !this.model.gone) {
      if (!this.model.signalled) this.model.signalledLate = this.model.closed;
      this.model.signalled = true;
    }
    this.model.close();
    if (signal && this.#abort !== undefined) this.#abort.abort();
    else this.#socket?.close();
  }

  /** What the host says of it. */
  failed(cause: unknown): void {
    this.model.failed(nameOf(cause as Cause, false));
  }

  compare(): void {
    const missing = this.model.missing();
    if (missing !== null) must(false, `${this.name}: no ${missing}`);
    for (const outcome of this.#promises) {
      const { listening } = this.model;
      if (!listening.includes(outcome)) must(false, `listening: ${outcome}, not ${listening}`);
    }
  }

  /** When all is over. */
  compareLoop(): void {
    this.#loop?.compare();
  }

  arrives(socket: TCPSocket): Actor {
    this.#schedule.mayHear("connect");
    const index = this.#waiting.findIndex((line) => line.clientPort === socket.remotePort);
    const [line] = this.#waiting.splice(index, 1) as [Line];
    this.model.announced(line.model, this.#schedule.now);
    const actor = this.connected(socket, line, this.#loop !== undefined);
    actor.compare();
    return actor;
  }

  #open({ host, port }: Place): TCPServerSocket {
    return new TCPServerSocket(port, {
      ...socketOptions(this.rules),
      engine: this.#schedule.engine,
      binaryType: "uint8array",
      maxConnections: this.#maxConnections,
      handshakeTimeout: this.rules.connectTimeout,
      tls: this.able ? this.secrets.tls : undefined,
      framing: this.format?.description,
      host,
      signal: this.#abort?.signal,
    });
  }

  #note(place: Place): void {
    const framing = this.format?.description ?? null;
    const how = { role: "listener", options: this.rules, framing };
    this.#schedule.log?.({ op: "open", s: this.name, ...how });
    this.#schedule.log?.({ call: "listen", s: this.name, ...place });
  }

  /** Who takes its connections: a handler, a loop, or nobody. */
  #attend(socket: TCPServerSocket): void {
    const { choices } = this.#schedule;
    socket.onerror = ({ name }) => {
      this.#schedule.mayHear("error");
      this.model.errorAnnounced(name);
    };
    const who = choices.below(100);
    this.model.claimed = who < 92;
    if (who < 67) socket.onconnect = (event) => this.#connect(event.socket as TCPSocket);
    else if (who < 92) this.#loop = new ServerLoop(this.#schedule, this, socket);
    if (choices.chance(20)) this.#await();
  }

  #connect(socket: TCPSocket): void {
    this.#schedule.handle(this.arrives(socket));
  }

  /** Asks for `listening`. */
  #await(): void {
    if (this.#socket === undefined) return;
    const index = this.#promises.push("pending") - 1;
    this.#schedule.log?.({ call: "listening", s: this.name });
    const settled = (outcome: string): void => {
      must(this.#promises[index] === "pending", "listening: settled twice");
      this.#promises[index] = outcome;
      this.#schedule.wentOn = true;
    };
    this.#socket.listening.then(
      () => settled("resolved"),
      (error: Error) => settled(error.name),
    );
  }

  /** A second consumer is refused, and nothing has changed. */
  #misuse(): void {
    const socket = this.#socket;
    if (socket === undefined || this.model.closed || !this.model.claimed) return;
    let refusal = "";
    try {
      socket[Symbol.asyncIterator]();
    } catch (error) {
      refusal = (error as Error).name;
    }
    must(refusal === "InvalidStateError", `${this.name}: a second consumer: ${refusal}`);
  }
}

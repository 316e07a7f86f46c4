/**
 * One random schedule: a network with faults, a server, a few clients, and an app that does
 * something at random in every handler. Everything follows from the seed.
 */
import { Engine, type MessageBatch, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { ScheduleFraming, withFraming } from "./schedule-framing.ts";

/** What one socket said. */
export interface Actor {
  name: string;
  events: string[];
  /** Accepted sockets are open from the start. */
  opened: boolean;
}

export interface Played {
  actors: Actor[];
  faults: string[];
  /** Bytes received in all. */
  bytes: number;
}

const EVENTS = ["open", "data", "drain", "end", "error", "close"] as const;
const SOCKETS_MAX = 8;
/** Virtual milliseconds that the app acts for. */
const TURN = 1000;

export async function play(seed: number): Promise<Played> {
  const schedule = new Schedule(seed);
  return schedule.play();
}

class Schedule {
  readonly #network: Loopback;
  readonly #engine: Engine;
  readonly #server: TCPServerSocket;
  readonly #sockets: TCPSocket[] = [];
  readonly #sent = new Map<TCPSocket, number>();
  readonly #actors: Actor[] = [];
  readonly #faults: string[] = [];
  readonly #framing: ScheduleFraming;
  readonly #takes = new Map<TCPSocket, (bytes: Uint8Array) => void>();
  #state: number;
  #bytes = 0;
  #calm = false;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
    this.#network = new Loopback({ seed, virtual: true, capacity: 1 + this.#below(60_000) });
    Object.assign(this.#network.faults, this.#chooseFaults());
    this.#engine = new Engine({
      host: this.#network,
      memoryBytes: 2 << 20,
      maxSockets: 64,
      windowBytes: 16384,
    });
    this.#framing = new ScheduleFraming((limit) => this.#below(limit));
    const framing = this.#framing.first();
    const options = { engine: this.#engine, ...withFraming(framing), ...this.#options() };
    this.#server = new TCPServerSocket(0, options);
    this.#server.onconnect = ({ socket }) => {
      this.#adopt(socket as TCPSocket, true);
      this.#framing.begins(socket as TCPSocket, framing);
      this.#act();
    };
  }

  async play(): Promise<Played> {
    for (let i = 1 + this.#below(3); i > 0; i--) this.#dial();
    await this.#network.run(TURN);
    this.#calm = true;
    this.#server.close();
    for (const socket of this.#sockets) {
      if (socket.bufferedAmount < 0) this.#faults.push("bufferedAmount below 0");
      socket.closeImmediately();
    }
    await this.#network.run(TURN * 10);
    const { sockets, poolBytes, poolFreeBytes } = this.#engine.stats;
    if (this.#engine.failed) this.#faults.push("the engine failed");
    if (sockets !== 0) this.#faults.push(`${sockets} sockets are left`);
    if (poolFreeBytes !== poolBytes) this.#faults.push(`${poolBytes - poolFreeBytes} bytes left`);
    return { actors: this.#actors, faults: this.#faults, bytes: this.#bytes };
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  #chance(percent: number): boolean {
    return this.#below(100) < percent;
  }

  #chooseFaults(): object {
    const rarely = (value: unknown, otherwise: unknown): unknown =>
      this.#chance(15) ? value : otherwise;
    return {
      writeMax: rarely(1 + this.#below(300), Number.POSITIVE_INFINITY),
      readMax: rarely(1 + this.#below(300), Number.POSITIVE_INFINITY),
      split: this.#chance(40),
      coalesce: this.#chance(20),
      reorder: this.#chance(40),
      finWithData: this.#chance(30),
      refuse: rarely(0.5, 0),
      acceptFailure: rarely(0.5, 0),
      reset: rarely(0.05, 0),
      resetAfterBytes: rarely(this.#below(40_000), Number.POSITIVE_INFINITY),
      lookupFailure: rarely(0.5, 0),
      lookupDelay: rarely(this.#below(50), 0),
      connectDelay: rarely(this.#below(50), 0),
    };
  }

  #options(): object {
    return {
      binaryType: "uint8array",
      allowHalfOpen: this.#chance(30),
      highWaterMark: this.#chance(50) ? this.#below(20_000) : 65536,
      lowWaterMark: this.#chance(20) ? this.#below(5000) : 0,
      idleTimeout: this.#chance(10) ? 1 + this.#below(500) : 0,
    };
  }

  #dial(): void {
    if (this.#sockets.length >= SOCKETS_MAX) return;
    const connectTimeout = this.#chance(20) ? 1 + this.#below(40) : 0;
    const port = this.#chance(90) ? this.#server.localPort : 1;
    const framing = this.#framing.first();
    const own = { ...withFraming(framing), ...this.#options() };
    const options = { engine: this.#engine, connectTimeout, ...own };
    const socket = new TCPSocket("localhost", port, options);
    this.#adopt(socket, false);
    this.#framing.begins(socket, framing);
  }

  #adopt(socket: TCPSocket, opened: boolean): void {
    const actor: Actor = { name: `socket ${this.#sockets.length}`, events: [], opened };
    this.#actors.push(actor);
    this.#sockets.push(socket);
    this.#sent.set(socket, 0);
    let received = 0;
    const take = (data: Uint8Array): void => {
      const key = opened ? socket.remotePort : socket.localPort + 101;
      for (let i = 0; i < data.length; i += 1 + (i >> 3)) {
        if (data[i] !== ((received + i) * 7 + key) % 256) {
          this.#faults.push(`${actor.name}: byte ${received + i} is wrong`);
          break;
        }
      }
      if (data.length === 0 && !this.#framing.frames) this.#faults.push(`${actor.name}: no data`);
      received += data.length;
      this.#bytes += data.length;
    };
    this.#takes.set(socket, take);
    for (const type of EVENTS) {
      socket.addEventListener(type, (event) => {
        actor.events.push(type);
        if (type === "data") take((event as unknown as { data: Uint8Array }).data);
      });
      this.#attach(socket, type);
    }
  }

  /** All input comes in batches now, of which some is taken; or as data again. */
  #listen(socket: TCPSocket): void {
    const take = this.#takes.get(socket) as (bytes: Uint8Array) => void;
    if (socket.onmessages !== null) {
      socket.onmessages = null;
      return;
    }
    socket.onmessages = ({ data: batch }: { data: MessageBatch }) => {
      const last = this.#chance(30) ? this.#below(batch.length) : batch.length - 1;
      for (let i = 0; i <= last; i++) take(batch.at(i));
      this.#act();
      batch.stopAfter(last);
      if (this.#chance(3)) throw new Error("a handler's own");
    };
  }

  /** A handler that does something, sometimes throws, and sometimes replaces or removes itself. */
  #attach(socket: TCPSocket, type: (typeof EVENTS)[number]): void {
    socket[`on${type}`] = () => {
      const fate = this.#below(100);
      if (fate < 5) socket[`on${type}`] = null;
      else if (fate < 10) this.#attach(socket, type);
      this.#act();
      if (this.#chance(3)) throw new Error("a handler's own");
    };
  }

  #act(): void {
    if (this.#calm) return;
    for (let i = this.#below(3); i > 0; i--) this.#do(this.#below(100));
  }

  /** One of these, chosen by its share of 100. */
  #do(what: number): void {
    const socket = this.#sockets[this.#below(this.#sockets.length)];
    if (socket === undefined) return;
    const choices: [number, () => void][] = [
      [47, () => this.#send(socket)],
      [53, () => this.#framing.change(socket)],
      [55, () => this.#listen(socket)],
      [62, () => socket.suspend()],
      [76, () => this.#resume(socket)],
      [80, () => socket.halfClose()],
      [86, () => socket.close()],
      [89, () => socket.closeImmediately()],
      [99, () => this.#dial()],
      [100, () => this.#server.close()],
    ];
    choices.find(([limit]) => what < limit)?.[1]();
  }

  #send(socket: TCPSocket): void {
    const key = this.#keyOf(socket);
    const begin = this.#sent.get(socket) as number;
    const wanted = this.#chance(10) ? this.#below(30_000) : this.#below(2000);
    const length = this.#framing.fit(socket, begin * 7 + key, wanted);
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = (begin + i) * 7 + key;
    try {
      socket.send(bytes);
      this.#sent.set(socket, begin + length);
    } catch (error) {
      const { name } = error as Error;
      const refused = name === "RangeError" && this.#framing.frames;
      if (name !== "InvalidStateError" && !refused) this.#faults.push(String(error));
    }
  }

  /** What its bytes count from: the client's port, by which the two ends know each other. */
  #keyOf(socket: TCPSocket): number {
    const accepted = socket.localPort === this.#server.localPort;
    return accepted ? socket.remotePort + 101 : socket.localPort;
  }

  #resume(socket: TCPSocket): void {
    try {
      socket.resume();
    } catch (error) {
      if ((error as Error).name !== "InvalidStateError") this.#faults.push(String(error));
    }
  }
}

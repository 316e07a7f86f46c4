/**
 * The model of a server: how binding ends, which connections it takes, and in which order the app hears of
 * them. For a loop they are announced when they are queued, and so they count.
 */
import { must } from "./divergence.ts";
import type { How } from "./facts.ts";
import type { ModelSocket } from "./socket.ts";

export class ModelListener {
  readonly #maxConnections: number;
  /** Their TLS handshake is under way. */
  readonly #shaking = new Set<ModelSocket>();
  /** Taken and up, and their transports live. */
  readonly #living = new Set<ModelSocket>();
  /** Of these, those that are up and not announced, in their order (M118). */
  readonly #waiting: ModelSocket[] = [];
  /** An onconnect is set; without one connections are closed unheard (M117). */
  claimed = true;
  closed = false;
  /** Its AbortSignal has closed it, ... */
  signalled = false;
  /** ... behind close(): whether it was in time, nobody sees from outside. */
  signalledLate = false;
  /** The transport has let go of it. */
  gone = false;
  #bound = false;
  /** The engine has said all it had to say since: the app knows, whatever it calls later. */
  #boundTold = false;
  /** Why it could not bind, and whether the app was told. */
  #failure: string | null = null;
  #failureTold = false;

  constructor(maxConnections: number) {
    this.#maxConnections = maxConnections;
  }

  // ---------------------------------------------------------------- binding (M112, M115)

  bound(): void {
    if (!this.closed) this.#bound = true;
  }

  failed(name: string): void {
    if (!this.closed) this.#failure = name;
  }

  /** The `error` event. */
  errorAnnounced(name: string): void {
    must(name === this.#failure && !this.#failureTold, `server error ${name}: not now`);
    this.#failureTold = true;
    this.closed = true;
  }

  /** How its loop ends: null, or the name of what it throws. */
  get ending(): string | null {
    if (this.#failureTold) return this.#failure;
    return this.signalled ? "AbortError" : null;
  }

  /** How its loop may end. */
  get endings(): readonly (string | null)[] {
    return this.signalledLate ? [this.ending, null] : [this.ending];
  }

  /** What may have become of the promise `listening`. */
  get listening(): readonly string[] {
    if (this.#boundTold) return ["resolved"];
    const may = this.#bound ? ["resolved"] : [];
    const ending = this.ending ?? "AbortError";
    if (this.gone) return [...may, ending];
    return this.closed ? [...may, "pending", ending] : ["pending"];
  }

  // ---------------------------------------------------------------- connections

  /**
   * Whether another connection must, or may, be refused: one that is closed and lingers counts or
   * not, and one whose handshake is under way does not.
   */
  refuses(how: How): boolean {
    if (this.closed) return true;
    let counted = 0;
    for (const socket of this.#living) if (how === "may" || !socket.over) counted++;
    return counted >= this.#maxConnections;
  }

  /** A connection the engine has taken. */
  accepted(socket: ModelSocket, secure: boolean): void {
    must(!this.refuses("must"), "accept: more than maxConnections, or after close");
    if (secure) this.#shaking.add(socket);
    else this.#add(socket);
  }

  /** Its handshake is verified; only now it counts, and there may be no room for it. */
  connected(socket: ModelSocket): void {
    if (!this.#shaking.delete(socket)) return;
    if (this.refuses("must")) {
      socket.letGo();
      return;
    }
    socket.unsure = this.refuses("may");
    this.#add(socket);
  }

  #add(socket: ModelSocket): void {
    this.#living.add(socket);
    if (!this.claimed || this.closed) socket.letGo();
    else this.#waiting.push(socket);
  }

  /** Its transport is gone. */
  left(socket: ModelSocket): void {
    this.#living.delete(socket);
    this.#shaking.delete(socket);
  }

  /** The connect event: for the oldest that is left (M118), never after close() (M122). */
  announced(socket: ModelSocket, now: number): void {
    must(!this.closed && this.claimed, "connect: after close, or with nobody to hear it");
    while (this.#waiting[0] !== socket && this.#letUnsureGo());
    must(this.#waiting.shift() === socket, "connect: not in the order they came");
    socket.announced({ type: "connect" }, now);
  }

  /** Whether the oldest that waits may have found no room: then it has not. */
  #letUnsureGo(): boolean {
    const [socket] = this.#waiting;
    if (socket?.unsure !== true) return false;
    this.#waiting.shift();
    socket.letGo();
    return true;
  }

  /** Accepted sockets live on, those not announced are let go (M119, M122). */
  close(): void {
    this.closed = true;
    for (const socket of [...this.#waiting, ...this.#shaking]) socket.letGo();
    this.#waiting.length = 0;
    this.#shaking.clear();
  }

  /** What is missing when the engine has nothing more to say, or null. */
  missing(): string | null {
    while (this.#letUnsureGo());
    if (!this.closed) this.#boundTold = this.#bound;
    if (this.#failure !== null && !this.closed) return `error ${this.#failure}`;
    return this.#waiting.length > 0 ? "connect" : null;
  }
}

/**
 * The model of a server: which connections it takes, and in which order the app hears of them.
 */
import { must } from "./divergence.ts";
import type { How } from "./facts.ts";
import type { ModelSocket } from "./socket.ts";

export class ModelListener {
  readonly #maxConnections: number;
  /** Taken, and their transports live. */
  readonly #living = new Set<ModelSocket>();
  /** Of these, those whose TLS handshake is under way. */
  readonly #shaking = new Set<ModelSocket>();
  /** Of these, those that are up and not announced, in their order (M118). */
  readonly #waiting: ModelSocket[] = [];
  /** An onconnect is set; without one connections are closed unheard (M117). */
  claimed = true;
  closed = false;

  constructor(maxConnections: number) {
    this.#maxConnections = maxConnections;
  }

  /** Whether another connection must, or may, be refused: one that is closed and lingers counts or not. */
  refuses(how: How): boolean {
    if (this.closed) return true;
    let counted = 0;
    for (const socket of this.#living) if (how === "may" || !socket.over) counted++;
    return counted >= this.#maxConnections;
  }

  /** A connection the engine has taken. */
  accepted(socket: ModelSocket, secure: boolean): void {
    must(!this.refuses("must"), "accept: more than maxConnections, or after close");
    this.#living.add(socket);
    if (secure) this.#shaking.add(socket);
    else this.connected(socket);
  }

  /** It is up: with TLS, verified. */
  connected(socket: ModelSocket): void {
    this.#shaking.delete(socket);
    if (!this.claimed || this.closed) socket.letGo();
    else this.#waiting.push(socket);
  }

  /** Its transport is gone. */
  gone(socket: ModelSocket): void {
    this.#living.delete(socket);
    this.#shaking.delete(socket);
  }

  /** The connect event: for the oldest that is left (M118), never after close() (M122). */
  announced(now: number): ModelSocket {
    must(!this.closed && this.claimed, "connect: after close, or with nobody to hear it");
    const socket = this.#waiting.shift();
    must(socket !== undefined, "connect: nobody came");
    socket.announced({ type: "connect" }, now);
    return socket;
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
    return this.#waiting.length > 0 ? "connect" : null;
  }
}

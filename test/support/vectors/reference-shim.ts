/** Conformance scripts on the reference: what they expect is what the specifications say. */
import type { ReferenceFacts } from "../reference/facts.ts";
import { ReferenceSocket } from "../reference/socket.ts";
import type { Action, Answer, EngineOptions, Look, Said, Shim } from "./shim.ts";

const SOCKETS = 32;
const HANDSHAKES_MAX = 1024;

export class ReferenceShim implements Shim {
  readonly #sockets = new Map<string, ReferenceSocket>();
  /** Sockets that nobody knows any more. */
  readonly #released = new Set<ReferenceSocket>();
  readonly #limits = new Map<ReferenceFacts, number>();
  readonly #maxSockets: number;
  #handshakes: ReferenceSocket[] = [];

  constructor({ maxSockets = SOCKETS }: EngineOptions = {}) {
    this.#maxSockets = maxSockets;
  }

  act(name: string, action: Action): Answer {
    if (action.op === "open") return this.#open(name, action);
    const socket = this.#sockets.get(name);
    if (socket === undefined || this.#released.has(socket)) return "stale";
    switch (action.op) {
      case "received":
        return socket.received(action.bytes);
      case "sent":
        return socket.sent(action.count);
      case "failed":
        return socket.fail(action.reason);
      case "expired":
        return socket.expired(action.timer);
      case "send":
        return socket.send(action.bytes);
      case "setFraming":
        return socket.setFraming(action.framing);
      case "stopAfter":
        return true; // messages are said one by one: the next has not been decoded
      case "connected":
        return this.#connect(socket);
      case "upgrade":
        return this.#upgrade(socket);
      default:
        return socket[action.op]();
    }
  }

  run(said: (socket: string, what: Said) => void, orders = false): void {
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (const [name, socket] of this.#sockets) {
        if (socket.parent !== null && socket.parent.state !== "open") socket.withdraw();
        const bytes = socket.gather();
        if (bytes !== null) said(name, { ev: "tx", bytes });
        if (orders) {
          socket.giveOrders();
          continue;
        }
        const what = socket.next();
        if (socket.over) this.#released.add(socket);
        if (what === null) continue;
        quiet = false;
        said(name, what);
      }
    }
  }

  look(name: string): Look {
    const socket = this.#sockets.get(name);
    if (socket === undefined) throw new Error(`no socket ${name}`);
    const { buffered, inFlight } = socket.queue;
    const { ordered: secure } = socket.security;
    const { state: readyState, fin, timer, milliseconds } = socket;
    return { readyState, buffered, inFlight, fin, secure, timer, milliseconds };
  }

  finish(said: (socket: string, what: Said) => void): string[] {
    for (const socket of this.#sockets.values()) socket.abort();
    this.run(said);
    for (const socket of this.#sockets.values()) socket.closed();
    this.run(said);
    const living = [...this.#sockets].filter(([, { over }]) => !over);
    this.#sockets.clear();
    this.#limits.clear();
    this.#handshakes = [];
    return living.map(([name]) => `${name} lives`);
  }

  #open(name: string, { role, parent, options, framing }: Action & { op: "open" }): Answer {
    const listener = this.#sockets.get(parent ?? "") ?? null;
    if (role === "accepted") {
      if (listener === null || this.#released.has(listener)) return "stale";
      if (listener.role !== "listener") return "arg";
      if (listener.state === "closing" || listener.state === "closed") return "state";
      if (this.#isFull(listener)) return "limit";
    }
    const living = [...this.#sockets.values()].filter((other) => !this.#released.has(other));
    if (living.length >= this.#maxSockets) return "limit";
    const socket = new ReferenceSocket(role, listener, options);
    socket.setFraming(framing !== undefined ? framing : (listener?.framing ?? null));
    if (options.maxConnections !== undefined) this.#limits.set(socket, options.maxConnections);
    this.#sockets.set(name, socket);
    if (role === "accepted" && options.secure === true) this.#shakeHands(socket);
    return true;
  }

  #isFull(listener: ReferenceFacts): boolean {
    const siblings = [...this.#sockets.values()].filter(({ parent }) => parent === listener);
    const living = siblings.filter((sibling) => sibling.counts && !this.#released.has(sibling));
    return living.length >= (this.#limits.get(listener) ?? Number.POSITIVE_INFINITY);
  }

  /** The handshake of an accepted connection was none, if its listener takes no more by now. */
  #connect(socket: ReferenceSocket): Answer {
    const { parent, state, role } = socket;
    const late = role === "accepted" && state === "connecting" && parent !== null;
    if (late && this.#isFull(parent)) return socket.fail("network");
    return socket.connected();
  }

  #upgrade(socket: ReferenceSocket): Answer {
    const before = socket.security.awaited;
    const answer = socket.upgrade();
    if (socket.role === "accepted" && !before && socket.security.awaited) this.#shakeHands(socket);
    return answer;
  }

  /** So many accepted sockets may be in a handshake; above it the one that began first makes way. */
  #shakeHands(socket: ReferenceSocket): void {
    this.#handshakes = this.#handshakes.filter((other) => other.shakesHands);
    if (this.#handshakes.length >= HANDSHAKES_MAX)
      this.#handshakes.shift()?.fail("handshakeTimeout");
    this.#handshakes.push(socket);
  }
}

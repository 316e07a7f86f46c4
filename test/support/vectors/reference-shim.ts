/** Conformance scripts on the reference: what they expect is what the specifications say. */
import { ReferenceSocket } from "../reference/socket.ts";
import type { Action, Answer, Look, Said, Shim } from "./shim.ts";

export class ReferenceShim implements Shim {
  readonly #sockets = new Map<string, ReferenceSocket>();
  /** Sockets that nobody knows any more. */
  readonly #released = new Set<ReferenceSocket>();
  readonly #limits = new Map<ReferenceSocket, number>();

  act(name: string, action: Action): Answer {
    if (action.op === "open") return this.#open(name, action);
    const socket = this.#sockets.get(name);
    if (socket === undefined || this.#released.has(socket)) return "stale";
    switch (action.op) {
      case "received":
        return socket.received(action.bytes);
      case "sent":
        return socket.queue.sent(action.count);
      case "failed":
        return socket.fail(action.reason);
      case "expired":
        return this.#expire(socket, action.timer);
      case "send":
        return socket.send(action.bytes);
      case "setFraming":
        return socket.setFraming(action.framing);
      case "stopAfter":
        return true; // messages are said one by one: the next has not been decoded
      default:
        return socket[action.op]();
    }
  }

  run(said: (socket: string, what: Said) => void): void {
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (const [name, socket] of this.#sockets) {
        if (socket.parent !== null && socket.parent.state !== "open") socket.withdraw();
        const bytes = socket.gather();
        if (bytes !== null) said(name, { ev: "tx", bytes });
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
    return { readyState: socket.state, buffered, inFlight, fin: socket.fin };
  }

  finish(said: (socket: string, what: Said) => void): string[] {
    for (const socket of this.#sockets.values()) socket.abort();
    this.run(said);
    for (const socket of this.#sockets.values()) socket.closed();
    this.run(said);
    const living = [...this.#sockets].filter(([, { over }]) => !over);
    this.#sockets.clear();
    this.#limits.clear();
    return living.map(([name]) => `${name} lives`);
  }

  #open(name: string, { role, parent, options, framing }: Action & { op: "open" }): Answer {
    const listener = this.#sockets.get(parent ?? "") ?? null;
    if (role === "accepted") {
      if (listener === null || this.#released.has(listener)) return "stale";
      if (listener.role !== "listener") return "arg";
      if (listener.state === "closing" || listener.state === "closed") return "state";
      const siblings = [...this.#sockets.values()].filter(({ parent }) => parent === listener);
      const living = siblings.filter(({ over }) => !over).length;
      if (living >= (this.#limits.get(listener) ?? Number.POSITIVE_INFINITY)) return "limit";
    }
    const socket = new ReferenceSocket(role, listener, options);
    socket.setFraming(framing !== undefined ? framing : (listener?.framing ?? null));
    if (options.maxConnections !== undefined) this.#limits.set(socket, options.maxConnections);
    this.#sockets.set(name, socket);
    return true;
  }

  #expire(socket: ReferenceSocket, timer: string): Answer {
    if (timer === "linger") return true; // only lets go of the transport
    if (timer !== "connect") throw new Error(`the reference has no ${timer} timer`);
    return socket.connectExpired();
  }
}

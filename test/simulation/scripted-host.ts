/**
 * A host without a network: reports come when somebody says so, orders are only remembered. For
 * playing every sequence of reports, not only those that a network would bring.
 */

import { decodeLatin1, encodeLatin1 } from "../../host/loopback/latin1.ts";
import type {
  Addresses,
  ConnectTarget,
  Listener,
  Sink,
  Timer,
  Transport,
} from "../../host/transport.ts";
import type { Network } from "./tap.ts";

const ADDRESSES: Addresses = {
  localAddress: "127.0.0.1",
  localPort: 0, // unknown: nobody is at the other end
  remoteAddress: "127.0.0.1",
  remotePort: 0,
};

/** One connection's orders so far. */
export class ScriptedTransport implements Transport {
  readonly addresses = ADDRESSES;
  readonly tlsInfo = null;
  readonly sink: Sink;
  /** What has been reported so far. */
  up = false;
  ended = false;
  failed = false;
  inFlight = 0;
  finished = false;
  destroyed = false;
  /** A TLS handshake is under way. */
  shaking = false;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  write(_views: readonly Uint8Array[], bytes: number): void {
    this.inFlight = bytes;
  }

  finish(): void {
    this.finished = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  secure(): void {
    this.shaking = !this.destroyed;
  }

  pause(): void {}
  resume(): void {}
  ref(): void {}
  unref(): void {}
}

export class ScriptedNetwork implements Network {
  now = 0;
  readonly transports: ScriptedTransport[] = [];
  readonly #tasks: (() => void)[] = [];
  readonly #timers = new Set<{ readonly due: number; readonly expired: () => void }>();

  connect(_target: ConnectTarget, _window: Uint8Array, sink: Sink): Transport {
    const transport = new ScriptedTransport(sink);
    this.transports.push(transport);
    return transport;
  }

  listen(): Listener {
    throw new Error("nobody listens here");
  }

  timer(milliseconds: number, expired: () => void): Timer {
    const timer = { due: this.now + milliseconds, expired };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** What timers run, and for how long. */
  get timers(): number[] {
    return [...this.#timers].map(({ due }) => due - this.now);
  }

  /** The earliest timer rings. */
  ring(): void {
    const [first] = [...this.#timers].sort((a, b) => a.due - b.due);
    if (first === undefined) return;
    this.#timers.delete(first);
    this.now = Math.max(this.now, first.due);
    first.expired();
  }

  defer(task: () => void): void {
    this.#tasks.push(task);
  }

  /** Runs the next task somebody asked for; false if there is none. */
  step(): boolean {
    const task = this.#tasks.shift();
    task?.();
    return task !== undefined;
  }

  view(memory: ArrayBuffer, offset: number, length: number): Uint8Array {
    return new Uint8Array(memory, offset, length);
  }

  decodeLatin1(memory: ArrayBuffer, offset: number, length: number): string {
    return decodeLatin1(new Uint8Array(memory, offset, length));
  }

  encodeLatin1(text: string, memory: ArrayBuffer, offset: number): void {
    encodeLatin1(text, new Uint8Array(memory, offset, text.length));
  }
}

/**
 * A host between the engine and the loopback network, which sees all that passes: reports on their
 * way up, orders on their way down. Both are told to the model before they go on.
 *
 *     engine ⇄ Tap ⇄ Loopback
 *
 * It changes nothing. One outlives many schedules, each with a network of its own.
 */

import type {
  Addresses,
  ConnectTarget,
  Context,
  Host,
  Listener,
  ListenerSink,
  ListenTarget,
  Sink,
  Timer,
  TlsContext,
  TlsInfo,
  TlsTarget,
  Transport,
} from "../../host/transport.ts";
import type { Line } from "./line.ts";

/** What carries the bytes in the end. */
export type Network = Pick<
  Host,
  "connect" | "listen" | "tlsContext" | "timer" | "defer" | "view" | "decodeLatin1" | "encodeLatin1"
>;

/** What the schedule must know. */
export interface Watcher {
  /** The engine's constructor dials: for which socket. */
  dialled(): Line;
  /** A connection came in at the server whose `listen` was the so-manieth. */
  arrived(server: number): Line;
  /** The engine took it, or not. */
  answered(server: number, line: Line, taken: boolean): void;
  /** A server heard from its transport. */
  listening(server: number): void;
  listenFailed(server: number, cause: unknown): void;
  unlistened(server: number): void;
  /** The engine is turned. */
  turned: boolean;
}

const CONTEXT: Context = {
  runInAsyncScope: (call, self, ...args) => call.apply(self, args),
};

export class Tap implements Host {
  readonly name = "loopback, watched";
  readonly checks = true;
  readonly reusesPorts = false;
  network!: Network;
  watcher!: Watcher;
  /** Tasks the engine asked for and that are still to come. */
  deferred = 0;
  #servers = 0;

  /** Another schedule begins. */
  start(network: Network, watcher: Watcher): void {
    this.network = network;
    this.watcher = watcher;
    this.deferred = 0;
    this.#servers = 0;
  }

  tlsContext(options: object, server: boolean): TlsContext {
    return this.network.tlsContext?.(options, server) ?? {};
  }

  connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
    const line = this.watcher.dialled();
    line.window = window;
    line.sink = sink;
    if (target.tls !== undefined) line.begin();
    return new WatchedTransport(line, this.network.connect(target, window, line));
  }

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    const server = this.#servers++;
    const { watcher } = this;
    return this.network.listen(target, {
      listening: () => {
        watcher.listening(server);
        sink.listening();
      },
      accepted: (transport) => {
        const line = watcher.arrived(server);
        line.window = target.window;
        const answer = sink.accepted(new WatchedTransport(line, transport));
        watcher.answered(server, line, answer !== null);
        if (answer === null) return null;
        line.sink = answer;
        if (target.tls !== undefined) line.begin();
        return line;
      },
      failed: (reason, cause) => {
        watcher.listenFailed(server, cause);
        sink.failed(reason, cause);
      },
      closed: () => {
        watcher.unlistened(server);
        sink.closed();
      },
    });
  }

  timer(milliseconds: number, expired: () => void): Timer {
    return this.network.timer(milliseconds, () => {
      this.watcher.turned = true;
      expired();
    });
  }

  defer(task: () => void): void {
    this.deferred++;
    this.network.defer(() => {
      this.deferred--;
      this.watcher.turned = true;
      task();
    });
  }

  context(): Context {
    return CONTEXT;
  }

  view(memory: ArrayBuffer, offset: number, length: number): Uint8Array {
    return this.network.view(memory, offset, length);
  }

  decodeLatin1(memory: ArrayBuffer, offset: number, length: number): string {
    return this.network.decodeLatin1(memory, offset, length);
  }

  encodeLatin1(text: string, memory: ArrayBuffer, offset: number): void {
    this.network.encodeLatin1(text, memory, offset);
  }
}

class WatchedTransport implements Transport {
  readonly #line: Line;
  readonly #transport: Transport;

  constructor(line: Line, transport: Transport) {
    this.#line = line;
    this.#transport = transport;
    line.transport = transport;
  }

  get addresses(): Addresses {
    return this.#transport.addresses;
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    this.#line.write(views, bytes);
    this.#transport.write(views, bytes);
  }

  pause(): void {
    this.#line.pause();
  }

  resume(): void {
    this.#line.resume();
  }

  get tlsInfo(): TlsInfo | null {
    return this.#transport.tlsInfo;
  }

  secure(tls: TlsTarget): void {
    this.#line.secure();
    this.#transport.secure(tls);
  }

  finish(): void {
    this.#line.finish();
    this.#transport.finish();
  }

  destroy(): void {
    this.#line.destroy();
    this.#transport.destroy();
  }

  ref(): void {
    this.#transport.ref();
  }

  unref(): void {
    this.#transport.unref();
  }
}

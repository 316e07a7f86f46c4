/**
 * A listening port of a loopback network, and the queue of connections in front of it.
 *
 * Must never decide whether a connection is wanted: that is the sink's answer. Invariants: the
 * port is its own from `bound` to `close`; connections are accepted in the order they came;
 * `listening` comes once at most, `closed` once and last.
 */
import { REASON_ADDRESS, REASON_NOT_FOUND } from "../../assembly/reasons.ts";
import type { Listener, ListenerSink, ListenTarget } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import { LoopbackTransport } from "./loopback-transport.ts";
import { resolve } from "./names.ts";
import type { Network } from "./network.ts";
import type { Ports } from "./ports.ts";
import { systemError } from "./system-error.ts";

const BACKLOG = 511;

export class LoopbackListener implements Listener {
  bound: boolean | null = null;
  localAddress = "";
  localPort = 0;
  readonly #network: Network;
  readonly #ports: Ports<LoopbackListener>;
  readonly #sink: ListenerSink;
  readonly #target: ListenTarget;
  readonly #queue: Endpoint[] = [];
  #closed = false;

  constructor(
    network: Network,
    ports: Ports<LoopbackListener>,
    target: ListenTarget,
    sink: ListenerSink,
  ) {
    this.#network = network;
    this.#ports = ports;
    this.#target = target;
    this.#sink = sink;
    if (target.host === undefined) this.#bind("::");
    network.post(0, () => this.#report());
  }

  /** Whether the kernel's queue takes no more connections for now. */
  get full(): boolean {
    return this.#queue.length >= Math.max(1, this.#target.backlog ?? BACKLOG);
  }

  /** A connection that is up, as far as its client knows. */
  enqueue(connection: Endpoint): void {
    this.#queue.push(connection);
    this.#network.post(0, () => this.#accept());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.bound === false) return; // `closed` comes behind the `failed` that is due
    this.#ports.release(this.localPort, this);
    for (const connection of this.#queue.splice(0)) connection.abort();
    this.#network.post(0, () => this.#sink.closed());
  }

  /** Nothing to do: a listener alone has nothing to happen to it. */
  ref(): void {}

  /** Nothing to do, as for `ref`. */
  unref(): void {}

  #bind(address: string): void {
    const port = this.#ports.bind(this.#target.port, this);
    this.bound = port !== 0;
    if (!this.bound) return;
    this.localAddress = address;
    this.localPort = port;
  }

  #report(): void {
    const address = this.bound === null ? resolve(this.#network, this.#target.host ?? "", 0) : "";
    if (address && !this.#closed) this.#bind(address);
    if (this.bound === false) this.#refuse(REASON_ADDRESS, "EADDRINUSE", "listen");
    else if (this.#closed) return;
    else if (address === null) this.#refuse(REASON_NOT_FOUND, "ENOTFOUND", "getaddrinfo");
    else this.#sink.listening();
  }

  #refuse(reason: number, code: string, syscall: string): void {
    const { host = "::", port } = this.#target;
    this.bound = false;
    this.#sink.failed(reason, systemError(code, syscall, `${host}:${port}`));
    this.#closed = true;
    this.#network.post(0, () => this.#sink.closed());
  }

  #accept(): void {
    const connection = this.#queue.shift();
    if (connection === undefined || connection.over) return;
    const { random, faults } = this.#network;
    if (random.chance(faults.acceptFailure)) {
      connection.abort();
      return;
    }
    const transport = new LoopbackTransport(this.#network, connection);
    const sink = this.#sink.accepted(transport);
    if (sink === null) transport.destroy();
    else transport.attach(sink, this.#target.tls);
  }
}

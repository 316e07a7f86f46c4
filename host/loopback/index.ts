/**
 * `sansock/loopback`: a network in memory, for tests; seeded, in virtual time, with faults.
 *
 *     Loopback ─► Dial ─► Connection(Endpoint(Outlet, Inlet) ⇄ Endpoint) ◄─ LoopbackListener
 *     driver ⇄ LoopbackTransport(TlsLayer, once there is TLS) ⇄ Endpoint
 *
 * Owns the parts and speaks the host interface for them. Everything happens as an event of
 * schedule.ts, and all chance comes from one seed. Must never touch a real socket, a real clock or
 * unseeded chance. Invariant: the same seed and the same calls give the same reports at the same
 * virtual times.
 */
import { TimerWheel } from "../timer-wheel.ts";
import type {
  ConnectTarget,
  Host,
  Listener,
  ListenerSink,
  ListenTarget,
  Sink,
  Timer,
  TlsContext,
  Transport,
} from "../transport.ts";
import type { Connection } from "./connection.ts";
import { Dial } from "./dial.ts";
import type { Faults } from "./faults.ts";
import { decodeLatin1, encodeLatin1 } from "./latin1.ts";
import { LoopbackListener } from "./listener.ts";
import { LoopbackTransport } from "./loopback-transport.ts";
import { Network, type NetworkOptions } from "./network.ts";
import { Ports } from "./ports.ts";
import { RawPeer } from "./raw-peer.ts";
import { tlsContext } from "./tls-context.ts";

export type { Connection, Side } from "./connection.ts";
export type { Faults } from "./faults.ts";
export type { NetworkOptions, Reads } from "./network.ts";
export type { RawPeer } from "./raw-peer.ts";

/** A port that raw peers are accepted on. */
export interface RawListener {
  /** The port listened on. */
  readonly port: number;
  /** Stops listening; connections live on. */
  close(): void;
}

/**
 * An in-memory network, and a host for `new Engine({ host })`.
 *
 * @example
 * ```js
 * import { Loopback } from "sansock/loopback";
 *
 * const network = new Loopback({ seed: 7, faults: { readMax: 1 } });
 * const engine = new Engine({ host: network });
 * const server = new TCPServerSocket(8025, { engine });
 * server.onconnect = ({ socket }) => socket.send("abc");
 * const socket = new TCPSocket("localhost", 8025, { engine });
 * const pieces = [];
 * socket.ondata = ({ data }) => pieces.push(data);
 * await network.run();
 * console.log(pieces.join(" ")); // a b c
 * ```
 */
export class Loopback implements Host {
  /** "loopback" */
  readonly name: string = "loopback";
  /** Engines lend borrowed bytes as copies, so that keeping one shows. */
  readonly checks: boolean = true;
  /** Ports of a loopback network belong to one listener. */
  readonly reusesPorts: boolean = false;
  readonly #network: Network;
  readonly #wheel: TimerWheel;
  readonly #ports = new Ports<LoopbackListener>();
  readonly #connections = new Set<Connection>();

  /** A network of its own: ports and connections are not shared with another. */
  constructor(options: NetworkOptions = {}) {
    this.#network = new Network(options);
    const { schedule } = this.#network;
    this.#wheel = new TimerWheel({
      now: () => schedule.now,
      alarm: (milliseconds, callback) => schedule.at(schedule.now + milliseconds, callback),
    });
  }

  /** Virtual milliseconds since the network was made. */
  get now(): number {
    return this.#network.schedule.now;
  }

  /** What goes wrong. May be changed at any time. */
  get faults(): Faults {
    return this.#network.faults;
  }

  /** The connections of which an end lives, oldest first. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /**
   * Jumps to the next event and runs it. Promises go on after it only once the caller returns.
   * @param until virtual time to stay within; default: however late it is
   * @returns false if there was none
   */
  step(until?: number): boolean {
    return this.#network.schedule.step(until);
  }

  /**
   * Runs event after event, each in a macrotask of its own, until none is left.
   * @param until virtual time to stop at; without it, timers that start each other never end
   */
  run(until?: number): Promise<void> {
    return this.#network.schedule.run(until);
  }

  /** Connects a raw peer to a port of this network. Never throws: failures come to `onfail`. */
  connectRaw(port: number): RawPeer {
    const target = { host: "127.0.0.1", port, noDelay: true, keepAlive: false, family: 0 } as const;
    const peer = new RawPeer();
    peer.bind(this.#dial(target, peer.sink).endpoint);
    return peer;
  }

  /**
   * Accepts raw peers; they read at once unless `accepted` pauses them.
   * @param port 1 to 65535, or 0 for any free one
   * @throws Error if the port is taken
   */
  listenRaw(port: number, accepted: (peer: RawPeer) => void): RawListener {
    const target = { port, noDelay: true, keepAlive: false } as const;
    const listener = new LoopbackListener(this.#network, this.#ports, target, {
      listening: () => {},
      accepted: (transport) => {
        const peer = new RawPeer();
        peer.bind((transport as LoopbackTransport).endpoint);
        peer.resume();
        accepted(peer);
        return peer.sink;
      },
      failed: () => {},
      closed: () => {},
    });
    if (!listener.bound) throw new Error(`listenRaw: port ${port} is taken`);
    return { port: listener.localPort, close: () => listener.close() };
  }

  /** As transport.ts says. `lookup`, `noDelay` and `keepAlive` mean nothing here. */
  connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
    return this.#dial(target, sink, window);
  }

  /** As transport.ts says. */
  listen(target: ListenTarget, sink: ListenerSink): Listener {
    return new LoopbackListener(this.#network, this.#ports, target, sink);
  }

  /**
   * Reads TLS options. There is no cryptography: certificates are descriptions.
   *
   * - `cert`: fields with commas between them: `name=localhost` (as often as wanted; the first is the
   *   subject; addresses and `*.` are allowed), `issuer=test` (default: itself), `usage=client` or
   *   `usage=server`, and the flags `expired`, `future`, `revoked`
   * - `key`: any text; `ca`: names of issuers to trust, or certificates; `crl`: subjects not to trust
   * - `ALPNProtocols`, `minVersion`, `maxVersion`, `rejectUnauthorized`, `requestCert`, `servername`,
   *   `checkServerIdentity`, `ALPNCallback` as with node:tls; `SNICallback`, too, but that it answers with
   *   options such as these
   *
   * Other options mean nothing here. Handshakes, records and alerts are real ones in their order and
   * their failures, so faults and raw peers meet them as they would meet TLS; nothing is secret.
   *
   * @example
   * ```js
   * import { Loopback } from "sansock/loopback";
   *
   * const engine = new Engine({ host: new Loopback() });
   * const tls = { cert: "name=localhost,issuer=test", key: "any" };
   * const server = new TCPServerSocket(8465, { engine, useSecureTransport: true, tls });
   * server.onconnect = ({ socket }) => socket.send("hello");
   * const socket = new TCPSocket("localhost", 8465, {
   *   engine,
   *   useSecureTransport: true,
   *   tls: { ca: "test" }, // with another: SecurityUntrustedCertificateIssuerError
   * });
   * socket.ondata = ({ data }) => console.log(data, socket.tlsInfo.protocol); // hello TLSv1.3
   * ```
   * @throws Error if a certificate is no such description, or for a `pfx`
   */
  tlsContext(options: object): TlsContext {
    return tlsContext(options);
  }

  /** Calls back after that much virtual time, which jumps there once nothing else is due. */
  timer(milliseconds: number, expired: () => void): Timer {
    return this.#wheel.start(milliseconds, expired);
  }

  /** Calls back in an event of its own, without virtual time passing. */
  defer(task: () => void): void {
    this.#network.schedule.at(this.now, task);
  }

  /** As transport.ts says. */
  view(memory: ArrayBuffer, offset: number, length: number): Uint8Array {
    return new Uint8Array(memory, offset, length);
  }

  /** As transport.ts says. */
  decodeLatin1(memory: ArrayBuffer, offset: number, length: number): string {
    return decodeLatin1(new Uint8Array(memory, offset, length));
  }

  /** As transport.ts says. */
  encodeLatin1(text: string, memory: ArrayBuffer, offset: number): void {
    encodeLatin1(text, new Uint8Array(memory, offset, text.length));
  }

  #dial(target: ConnectTarget, sink: Sink, window?: Uint8Array): LoopbackTransport {
    const client = LoopbackTransport.client(this.#network, sink, window, target.tls);
    new Dial(this.#network, this.#ports, this.#connections, target, client.endpoint).start();
    return client;
  }
}

/** How a test gets the peers of `tls-peer.ts`: ports that accept them, and connections to a port. */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { Signal } from "./signal.ts";
import { handshake, PlainPeer, TlsPeer } from "./tls-peer.ts";

const ADDRESS = "127.0.0.1";

/** Keeps what comes until a test asks for it, in order. */
class Queue<T> {
  readonly #signal = new Signal();
  readonly #items: T[] = [];
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#signal.changed();
  }

  async next(): Promise<T> {
    const come = (): boolean => this.#items.length > 0;
    await this.#signal.until(this.#what, () => "none", come);
    return this.#items.shift() as T;
  }
}

/** A port where `P` are accepted. */
export interface Accepting<P> {
  readonly port: number;
  accept(): Promise<P>;
  close(): void;
}

async function accepting<P>(server: net.Server, peers: Queue<P>): Promise<Accepting<P>> {
  server.listen(0, ADDRESS);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    accept: () => peers.next(),
    close: () => void server.close(),
  };
}

export function tlsListen(options: tls.TlsOptions): Promise<Accepting<TlsPeer>> {
  const peers = new Queue<TlsPeer>("a TLS connection");
  const server = tls.createServer({ allowHalfOpen: true, ...options });
  server.on("secureConnection", (socket) => peers.add(new TlsPeer(socket)));
  return accepting(server, peers);
}

/** Resolves when the handshake is verified, rejects when it fails. */
export function tlsConnect(port: number, options: tls.ConnectionOptions): Promise<TlsPeer> {
  const all = { host: ADDRESS, port, allowHalfOpen: true, ...options };
  return handshake(tls.connect(all as tls.ConnectionOptions), "secureConnect");
}

export function plainListen(): Promise<Accepting<PlainPeer>> {
  const peers = new Queue<PlainPeer>("a connection");
  const server = net.createServer({ allowHalfOpen: true, noDelay: true });
  server.on("connection", (socket) => peers.add(new PlainPeer(socket)));
  return accepting(server, peers);
}

export async function plainConnect(port: number): Promise<PlainPeer> {
  const socket = net.connect({ host: ADDRESS, port, allowHalfOpen: true, noDelay: true });
  const peer = new PlainPeer(socket);
  await once(socket, "connect");
  return peer;
}

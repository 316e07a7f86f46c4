/**
 * The other end of the wire where its behaviour is the test's subject: a bare connection that ends,
 * resets or stops reading when told to, and keeps what it saw. Never answers a FIN by itself.
 */
import { once } from "node:events";
import net from "node:net";
import type { Loopback, RawPeer } from "../../../host/loopback/index.ts";
import { joined } from "./bytes.ts";
import { Signal } from "./signal.ts";

/** What a test tells a bare connection. */
interface Wire {
  write(bytes: Uint8Array): void;
  end(): void;
  reset(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
}

export class Peer {
  readonly #signal = new Signal();
  readonly #chunks: Uint8Array[] = [];
  readonly #events: string[] = [];
  readonly wire: Wire;
  received = 0;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** `end`, `error`, `close` in the order they came. */
  get events(): string {
    return this.#events.join(" ");
  }

  get bytes(): Uint8Array {
    return joined(...this.#chunks);
  }

  saw(event: "end" | "error" | "close"): void {
    this.#events.push(event);
    this.#signal.changed();
  }

  took(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.received += bytes.length;
    this.#signal.changed();
  }

  async got(count: number): Promise<Uint8Array> {
    await this.until(`${count} bytes`, () => this.received >= count);
    return this.bytes;
  }

  fired(event: "end" | "error" | "close"): Promise<void> {
    return this.until(event, () => this.#events.includes(event));
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return this.#signal.until(what, () => `${this.events}, ${this.received} bytes`, condition);
  }
}

/** A port that bare connections are accepted on. */
export interface PeerServer {
  readonly port: number;
  accept(): Promise<Peer>;
  close(): void;
}

/** Keeps accepted connections until a test asks for them, in order. */
class Accepted {
  readonly #signal = new Signal();
  readonly #peers: Peer[] = [];

  add(peer: Peer): void {
    this.#peers.push(peer);
    this.#signal.changed();
  }

  async next(): Promise<Peer> {
    await this.#signal.until(
      "a connection",
      () => "none",
      () => this.#peers.length > 0,
    );
    return this.#peers.shift() as Peer;
  }
}

function nodePeer(socket: net.Socket): Peer {
  const peer = new Peer({
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    destroy: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  });
  const wasPaused = socket.isPaused();
  socket.on("data", (bytes: Buffer) => peer.took(new Uint8Array(bytes)));
  if (wasPaused) socket.pause();
  socket.on("end", () => peer.saw("end"));
  socket.on("error", () => peer.saw("error"));
  socket.on("close", () => peer.saw("close"));
  return peer;
}

/** Bare connections over real sockets. `paused`: they read nothing until told to. */
export async function nodeListen(address: string, paused: boolean): Promise<PeerServer> {
  const accepted = new Accepted();
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: paused }, (socket) => {
    if (paused) socket.pause();
    accepted.add(nodePeer(socket));
  });
  server.listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  return { port, accept: () => accepted.next(), close: () => void server.close() };
}

export async function nodeConnect(address: string, port: number): Promise<Peer> {
  const socket = net.connect({ host: address, port, allowHalfOpen: true });
  const peer = nodePeer(socket);
  await once(socket, "connect");
  return peer;
}

function loopbackPeer(raw: RawPeer): Peer {
  const peer = new Peer(raw);
  raw.onbytes = (bytes) => peer.took(bytes);
  raw.onend = () => peer.saw("end");
  raw.onfail = () => peer.saw("error");
  raw.onclose = () => peer.saw("close");
  return peer;
}

export function loopbackListen(network: Loopback, paused: boolean): PeerServer {
  const accepted = new Accepted();
  const listener = network.listenRaw(0, (raw) => {
    if (paused) raw.pause();
    accepted.add(loopbackPeer(raw));
  });
  const close = (): void => listener.close();
  return { port: listener.port, accept: () => accepted.next(), close };
}

export async function loopbackConnect(network: Loopback, port: number): Promise<Peer> {
  const raw = network.connectRaw(port);
  const peer = loopbackPeer(raw);
  await new Promise<void>((resolve, reject) => {
    raw.onopen = resolve;
    raw.onfail = (_, cause) => reject(cause);
  });
  raw.onfail = () => peer.saw("error");
  return peer;
}

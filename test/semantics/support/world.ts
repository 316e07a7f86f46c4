/**
 * Where a test takes place: a host, an engine on it, and the sockets made there. Every behavioural
 * test runs in every world; what differs between worlds is here and nowhere else.
 */
import { randomInt } from "node:crypto";
import net from "node:net";
import { networkInterfaces } from "node:os";
import { describe, test } from "vitest";
import {
  Engine,
  type ServerSocketOptions,
  type SocketOptions,
  TCPServerSocket,
  type TCPServerSocketEvent,
  TCPSocket,
} from "../../../bindings/index.ts";
import { Loopback, type NetworkOptions } from "../../../host/loopback/index.ts";
import {
  loopbackConnect,
  loopbackListen,
  nodeConnect,
  nodeListen,
  type Peer,
  type PeerServer,
} from "./peer.ts";
import { Signal, turns } from "./signal.ts";
import { Watch } from "./watch.ts";

/** SEED=… repeats a run; the seed is part of the tests' names. */
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31));

/** Enough for every test; a quarter of the default because each test has an engine of its own. */
const MEMORY_BYTES = 16 * 1024 * 1024;

/** A kind of world. */
export interface Place {
  readonly name: string;
  readonly address: string;
  /** The in-memory network; on none, real sockets and the default engine. */
  readonly network?: NetworkOptions;
}

const node = (address: string): Place => ({ name: `node ${address}`, address });
const hasIPv6 = Object.values(networkInterfaces()).some((all) => {
  return all?.some(({ address }) => address === "::1");
});

export const NODE: readonly Place[] = [node("127.0.0.1"), ...(hasIPv6 ? [node("::1")] : [])];

// Small pipes where every byte is an event of its own: what fills one fills the other, only faster.
const BYTEWISE = { seed: 1, capacity: 1024 };

export const LOOPBACK: readonly Place[] = [
  { name: "loopback", network: { seed: 1 } },
  {
    name: "loopback, one-byte reads, FIN with the last",
    network: { ...BYTEWISE, faults: { readMax: 1, finWithData: true } },
  },
  { name: "loopback, one-byte writes", network: { ...BYTEWISE, faults: { writeMax: 1 } } },
  {
    name: `loopback, random splits, SEED=${SEED}`,
    network: {
      seed: SEED,
      reads: "mixed" as const,
      faults: { split: true, finWithData: SEED % 2 === 0, latency: [0.01, 2] as const },
    },
  },
].map((place) => ({ ...place, address: "127.0.0.1" }));

/** Where a byte is not an event of its own, so that there may be many. */
export const WIDE: readonly Place[] = [
  ...NODE,
  ...LOOPBACK.filter(({ network }) => network?.capacity === undefined),
];

export const EVERYWHERE: readonly Place[] = [...NODE, ...LOOPBACK];

/** A listening socket and those it has accepted, each watched from its `connect` event on. */
export interface Listening {
  readonly server: TCPServerSocket;
  readonly port: number;
  /** All of them, in order. */
  readonly accepted: readonly Watch[];
  /** Waits for the `count`-th since the start. */
  accept(count?: number): Promise<Watch>;
}

export class World {
  readonly place: Place;
  readonly network: Loopback | undefined;
  readonly engine: Engine | undefined;
  /** More bytes than a connection whose peer does not read can take in. */
  readonly plenty: number;
  /** A high-water mark that is quickly crossed where every byte takes an event. */
  readonly mark: number;
  readonly #ends: (() => void)[] = [];

  constructor(place: Place) {
    this.place = place;
    this.network = place.network && new Loopback(place.network);
    this.engine = this.network && new Engine({ host: this.network, memoryBytes: MEMORY_BYTES });
    const capacity = place.network?.capacity ?? 262_144;
    this.plenty = this.network ? 2 * capacity : 16 * 1024 * 1024;
    this.mark = place.network?.capacity === undefined ? 65_536 : 256;
  }

  get address(): string {
    return this.place.address;
  }

  /** The options every socket here has; `mark` counts only where it is asked for. */
  options<T extends object>(options: T): T & { engine?: Engine } {
    return this.engine ? { engine: this.engine, ...options } : { ...options };
  }

  open(port: number | string, options: SocketOptions = {}, host = this.address): Watch {
    const socket = new TCPSocket(host, port, this.options(options));
    this.#ends.push(() => socket.closeImmediately());
    return new Watch(socket);
  }

  listen(options: ServerSocketOptions = {}, backlog?: number): Listening {
    const server = new TCPServerSocket(0, this.options(options), backlog);
    this.#ends.push(() => server.close());
    const signal = new Signal();
    const accepted: Watch[] = [];
    server.addEventListener("connect", (event) => {
      const { socket } = event as TCPServerSocketEvent;
      this.#ends.push(() => socket?.closeImmediately());
      accepted.push(new Watch(socket as TCPSocket));
      signal.changed();
    });
    const accept = async (count = 1): Promise<Watch> => {
      const told = (): string => String(accepted.length);
      await signal.until(`connection ${count}`, told, () => accepted.length >= count);
      return accepted[count - 1] as Watch;
    };
    return { server, port: server.localPort, accepted, accept };
  }

  /** A client that is open, and the socket the server made for it. */
  async pair(
    client: SocketOptions = {},
    server: ServerSocketOptions = {},
  ): Promise<[Watch, Watch]> {
    const listening = this.listen(server);
    const opened = this.open(listening.port, client);
    const accepted = await listening.accept();
    await opened.fired("open");
    return [opened, accepted];
  }

  /** A client that is open, and the bare connection it has. */
  async client(options: SocketOptions = {}, { paused = false } = {}): Promise<[Watch, Peer]> {
    const listening = await this.peers(paused);
    const opened = this.open(listening.port, options);
    const peer = await listening.accept();
    await opened.fired("open");
    return [opened, peer];
  }

  /** An accepted socket, and the bare connection it has. */
  async accepted(options: ServerSocketOptions = {}): Promise<[Watch, Peer]> {
    const listening = this.listen(options);
    const peer = await this.connect(listening.port);
    return [await listening.accept(), peer];
  }

  /** A port that bare connections are accepted on. */
  async peers(paused = false): Promise<PeerServer> {
    const { network } = this;
    const listening = network
      ? loopbackListen(network, paused)
      : await nodeListen(this.address, paused);
    const { port } = listening;
    const accept = async (): Promise<Peer> => this.#kept(await listening.accept());
    const close = (): void => listening.close();
    this.#ends.push(close);
    return { port, accept, close };
  }

  /** A bare connection to a port. */
  async connect(port: number): Promise<Peer> {
    const { network } = this;
    const peer = network ? loopbackConnect(network, port) : nodeConnect(this.address, port);
    return this.#kept(await peer);
  }

  /** A port nobody listens on, because the one who did has gone. */
  async deadPort(): Promise<number> {
    const { port, close } = await this.peers();
    close();
    await this.settled();
    return port;
  }

  /**
   * Everything that is under way has happened. In memory there is nothing left to do, timers
   * included; over real sockets another connection, younger, has gone to and fro meanwhile.
   */
  async settled(): Promise<void> {
    if (this.network) return this.network.run();
    for (let round = 0; round < 2; round++) await echo();
    await turns();
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  #kept(peer: Peer): Peer {
    this.#ends.push(() => peer.wire.destroy());
    return peer;
  }
}

/** A round trip of a connection of its own. */
function echo(): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.pipe(socket));
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo;
      const client = net.connect(port, "127.0.0.1", () => client.write("x"));
      client.on("data", () => client.end());
      client.on("error", reject);
      client.on("close", () => server.close(() => resolve()));
    });
  });
}

type Declare = (name: string, run: (world: World, place: Place) => unknown) => void;

/** Declares the tests once for each of the places, each with a world of its own. */
export function inWorlds(places: readonly Place[], declare: (test: Declare) => void): void {
  // "%s" and not "$name", which cuts long names: the seed must be readable.
  describe.each(places.map((place) => [place.name, place] as const))("%s", (_, place) => {
    declare((name, run) => {
      test(name, async () => {
        const world = new World(place);
        try {
          await run(world, place);
        } finally {
          world.end();
        }
      });
    });
  });
}

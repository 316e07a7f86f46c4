/**
 * Sockets and servers of the strict profile, in the worlds of test/semantics/. Arguments are
 * `unknown` here: what the types forbid is what the conversions are about.
 */
import type { TCPServerSocketEvent } from "../../../bindings/index.ts";
import { mozTCPSocket, TCPServerSocket, TCPSocket } from "../../../bindings/mozilla.ts";
import { Signal } from "../../semantics/support/signal.ts";
import { Watch } from "../../semantics/support/watch.ts";
import { inWorlds, type Place, type World } from "../../semantics/support/world.ts";

type Anything = readonly unknown[];

export function newSocket(...given: Anything): TCPSocket {
  return Reflect.construct(TCPSocket, given);
}

export function newServer(...given: Anything): TCPServerSocket {
  return Reflect.construct(TCPServerSocket, given);
}

export function send(socket: { send: unknown }, ...given: Anything): boolean {
  return Reflect.apply(socket.send as () => boolean, socket, given);
}

/** Those accepted so far. */
interface Accepting {
  readonly server: TCPServerSocket;
  readonly accepted: readonly Watch[];
  accept(count?: number): Promise<Watch>;
}

class Strict {
  readonly world: World;
  readonly #ends: (() => void)[] = [];

  constructor(world: World) {
    this.world = world;
  }

  open(port: unknown, options: object = {}): Watch {
    const { address } = this.world;
    const socket = newSocket(address, port, this.world.options(options));
    this.#ends.push(() => socket.closeImmediately());
    return new Watch(socket);
  }

  listen(options: object = {}, port = 0, backlog = -1): Accepting {
    const server = mozTCPSocket.listen(port, this.world.options(options), backlog);
    const signal = new Signal();
    const accepted: Watch[] = [];
    this.#ends.push(() => server.close());
    server.addEventListener("connect", (event) => {
      const socket = (event as TCPServerSocketEvent).socket as TCPSocket;
      this.#ends.push(() => socket.closeImmediately());
      accepted.push(new Watch(socket));
      signal.changed();
    });
    const accept = async (count = 1): Promise<Watch> => {
      const told = (): string => String(accepted.length);
      await signal.until(`connection ${count}`, told, () => accepted.length >= count);
      return accepted[count - 1] as Watch;
    };
    return { server, accepted, accept };
  }

  /** A client that is open, and the socket the server made for it. */
  async pair(client: object = {}, server: object = {}): Promise<[Watch, Watch]> {
    const listening = this.listen(server);
    const opened = this.open(listening.server.localPort, client);
    const accepted = await listening.accept();
    await opened.fired("open");
    return [opened, accepted];
  }

  end(): void {
    for (const end of this.#ends) end();
  }
}

type Declare = (name: string, run: (strict: Strict, world: World) => unknown) => void;

/** As inWorlds, with strict sockets. */
export function strictly(places: readonly Place[], declare: (test: Declare) => void): void {
  inWorlds(places, (test) => {
    declare((name, run) => {
      test(name, async (world) => {
        const strict = new Strict(world);
        try {
          await run(strict, world);
        } finally {
          strict.end();
        }
      });
    });
  });
}

/**
 * A TCP relay between a socket of ours and a peer: it cuts what passes into pieces, each a write
 * and a task of its own, and keeps what passed, so a test can look at the wire itself.
 */
import { once } from "node:events";
import net from "node:net";
import { joined } from "./bytes.ts";
import { numbers } from "./tls-random.ts";

/** How many of the bytes that are there go on next. */
export type Cut = (available: number) => number;

/** What becomes of a chunk that passes. */
export type Change = (bytes: Buffer) => Buffer;

export const ONE_BYTE: Cut = () => 1;

/** Random pieces, short ones oftener than long ones; the same ones for the same seed. */
export function randomCuts(seed: number): Cut {
  const random = numbers(seed);
  return (available) => 1 + random(random(2) === 0 ? 8 : available);
}

interface How {
  readonly cut: Cut;
  readonly change: Change;
}

const WHOLE: Cut = (available) => available;
const AS_IT_IS: Change = (bytes) => bytes;

class Direction {
  readonly #passed: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return joined(...this.#passed);
  }

  async run(from: net.Socket, to: net.Socket, { cut, change }: How): Promise<void> {
    for await (const chunk of from) {
      for (let rest = change(chunk as Buffer); rest.length > 0; ) {
        const piece = rest.subarray(0, Math.min(rest.length, cut(rest.length)));
        rest = rest.subarray(piece.length);
        this.#passed.push(new Uint8Array(piece));
        if (!to.writable) return;
        await new Promise((resolve) => to.write(piece, resolve));
        await new Promise(setImmediate); // the reader has it before there is more
      }
    }
    to.end();
  }
}

export class TlsRelay {
  readonly fromClient = new Direction();
  readonly fromServer = new Direction();
  readonly #server: net.Server;
  readonly #sockets: net.Socket[] = [];

  private constructor(port: number, fromClient: () => How, fromServer: () => How) {
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (front) => {
      const back = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      this.#sockets.push(front, back);
      this.#pass(this.fromClient, front, back, fromClient());
      this.#pass(this.fromServer, back, front, fromServer());
    });
  }

  /** Takes connections to `port` on this machine, each direction with cuts of its own. */
  static to(port: number, cuts: () => Cut): Promise<TlsRelay> {
    const how = (): How => ({ cut: cuts(), change: AS_IT_IS });
    return new TlsRelay(port, how, how).#listening();
  }

  /** The same for one connection, with what becomes of the client's bytes, and of the server's. */
  static changing(port: number, [client, server]: readonly [Change, Change]): Promise<TlsRelay> {
    const how = (change: Change) => (): How => ({ cut: WHOLE, change });
    return new TlsRelay(port, how(client), how(server)).#listening();
  }

  async #listening(): Promise<TlsRelay> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Ends every connection to both sides with a bare FIN, whatever else would still have come. */
  truncate(): void {
    for (const socket of this.#sockets) socket.end();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(direction: Direction, from: net.Socket, to: net.Socket, how: How): void {
    // An error at one side is the end of both.
    direction.run(from, to, how).catch(() => to.destroy());
    to.on("error", () => from.destroy());
  }
}

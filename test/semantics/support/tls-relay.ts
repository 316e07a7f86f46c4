/**
 * A TCP relay between a socket of ours and a peer: it cuts what passes into pieces, each a write
 * and a task of its own, and keeps what passed, so a test can look at the wire itself.
 */
import { once } from "node:events";
import net from "node:net";
import { joined } from "./bytes.ts";

/** How many of the bytes that are there go on next. */
export type Cut = (available: number) => number;

export const ONE_BYTE: Cut = () => 1;

/** Random pieces, short ones oftener than long ones; the same ones for the same seed. */
export function randomCuts(seed: number): Cut {
  let state = seed | 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state >>> 8) / 2 ** 24) * below;
  };
  return (available) => 1 + Math.floor(random(2) < 1 ? random(8) : random(available));
}

class Direction {
  readonly #passed: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return joined(...this.#passed);
  }

  async run(from: net.Socket, to: net.Socket, cut: Cut): Promise<void> {
    for await (const chunk of from) {
      for (let rest = chunk as Buffer; rest.length > 0; ) {
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

  /** Takes connections to `port` on this machine, each direction with cuts of its own. */
  private constructor(port: number, cuts: () => Cut) {
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (front) => {
      const back = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      this.#sockets.push(front, back);
      this.#pass(this.fromClient, front, back, cuts());
      this.#pass(this.fromServer, back, front, cuts());
    });
  }

  static async to(port: number, cuts: () => Cut): Promise<TlsRelay> {
    const relay = new TlsRelay(port, cuts);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
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

  #pass(direction: Direction, from: net.Socket, to: net.Socket, cut: Cut): void {
    // An error at one side is the end of both.
    direction.run(from, to, cut).catch(() => to.destroy());
    to.on("error", () => from.destroy());
  }
}

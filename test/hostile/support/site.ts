/**
 * Where hostile values are passed: an engine in a network of its own, a server that echoes, and a client
 * of it. Tells what a call changed, and whether everything still works afterwards.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  Engine,
  type ServerSocketOptions,
  type SocketOptions,
  TCPServerSocket,
  TCPSocket,
} from "../../../bindings/index.ts";
import { listenersOf } from "../../../bindings/listening-target.ts";
import { seatOf } from "../../../bindings/socket-attributes.ts";
import { Loopback } from "../../../host/loopback/index.ts";
import { text } from "../../semantics/support/bytes.ts";
import { reports } from "../../semantics/support/reports.ts";
import { Trap } from "./values.ts";

/** The names of docs/errors.md that calls throw. */
const THROWN = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8")
  .replace(/[\s\S]*\n## Thrown/, "")
  .replace(/\n## [\s\S]*/, "")
  .match(/(?<=\n### )\w+/g) as string[];

/** What sockets and servers share. */
type Options = SocketOptions & ServerSocketOptions;

let canaries = 0;

export class Site {
  readonly network = new Loopback({ seed: 1 });
  readonly engine = new Engine({ host: this.network, memoryBytes: 4 << 20 });
  readonly server: TCPServerSocket;
  readonly client: TCPSocket;
  served!: TCPSocket;
  /** What the client's peer has received, one char a byte, and what the client has. */
  sent = "";
  got = "";

  readonly #options: SocketOptions;

  /** @param options of both sides */
  constructor(options: Options = {}) {
    const { engine } = this;
    this.#options = { engine, ...options };
    this.server = new TCPServerSocket(0, { engine, binaryType: "uint8array", ...options });
    this.server.onconnect = ({ socket }) => echo(socket as TCPSocket);
    this.server.addEventListener("connect", ({ socket }) => this.#keep(socket as TCPSocket), {
      once: true,
    });
    this.client = this.connect();
    this.client.ondata = ({ data }) => {
      this.got += data;
    };
  }

  static async open(options?: Options): Promise<Site> {
    const site = new Site(options);
    await site.run();
    return site;
  }

  /** One more client. */
  connect(options: SocketOptions = {}): TCPSocket {
    return new TCPSocket("localhost", this.server.localPort, { ...this.#options, ...options });
  }

  /** Until nothing is left to happen. */
  run(): Promise<void> {
    return this.network.run();
  }

  /** All that a refused call must not change. */
  state(): Map<string, unknown> {
    const { client, server, engine } = this;
    const { sockets, poolFreeBytes } = engine.stats;
    const { readyState, bufferedAmount, ssl, binaryType } = client;
    const facts = { readyState, bufferedAmount, ssl, binaryType, sockets, poolFreeBytes };
    const heard = { client: listenersOf(client), server: listenersOf(server) };
    return new Map(Object.entries({ ...facts, ...heard, framing: seatOf(client).framing }));
  }

  /**
   * Makes a call. It may succeed, throw what is documented, or what the code of a hostile value throws;
   * and when it throws, nothing has changed. Returns what it threw.
   */
  attempt(what: string, call: () => unknown): Error | undefined {
    const before = this.state();
    try {
      call();
      return undefined;
    } catch (error) {
      if (!documented(error)) expect.unreachable(`${what} threw ${shown(error)}`);
      // Asked first: to expect takes longer than what is tested.
      const changed = [...this.state()].filter(([name, value]) => value !== before.get(name));
      if (changed.length !== 0) expect(changed, `changed by ${what}`).toEqual([]);
      return error as Error;
    }
  }

  /** The engine carries an exchange on a new socket, and on this one if it is open. */
  async works(what = "afterwards"): Promise<void> {
    await this.run();
    expect(this.engine.failed, what).toBe(false);
    const canary = `canary ${++canaries}`;
    const { engine, client } = this;
    if (client.readyState === "open") {
      client.send(canary);
      await this.run();
      expect(this.sent.slice(-canary.length), `${what}: the peer`).toBe(canary);
      expect(this.got.slice(-canary.length), `${what}: the socket`).toBe(canary);
    }
    const { sockets } = engine.stats;
    const other = this.connect();
    let echoed = "";
    other.onopen = () => other.send(canary);
    other.ondata = ({ data }) => {
      echoed += data;
    };
    await this.run();
    expect(echoed, `${what}: another socket`).toBe(canary);
    other.close();
    await this.run();
    expect([other.readyState, engine.stats.sockets], what).toEqual(["closed", sockets]);
  }

  #keep(socket: TCPSocket): void {
    this.served = socket;
    socket.addEventListener("data", ({ data }) => {
      this.sent += text(data);
    });
  }
}

function echo(socket: TCPSocket): void {
  socket.ondata = ({ data }) => {
    socket.send(data);
  };
}

/** Whether docs/errors.md says that calls throw it, or a hostile value did. */
function documented(error: unknown): boolean {
  if (error instanceof Trap) return true;
  if (!(error instanceof Error)) return false;
  const { name } = error;
  if (!THROWN.includes(name)) return false;
  return name === "TypeError"
    ? error instanceof TypeError
    : name === "RangeError"
      ? error instanceof RangeError
      : error instanceof DOMException;
}

function shown(error: unknown): string {
  return error instanceof Error ? `${error.stack}` : `a ${typeof error}`;
}

/** A test with a site, in which nothing may be reported as uncaught. */
export function onSite(name: string, run: (site: Site) => unknown, options: Options = {}): void {
  test(name, async () => {
    const reported = await reports(0, async () => {
      await run(await Site.open(options));
    });
    expect(reported).toEqual([]);
  });
}

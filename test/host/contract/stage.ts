/**
 * Where one contract test plays: a host, one receive window, and every end and listener made.
 *
 * Knows when the test is within a call to the host, where no sink may be called, and takes
 * everything down at the end, which every connection must survive with exactly one `closed`.
 */
import { expect } from "vitest";
import type { ConnectTarget, Host, ListenTarget } from "../../../host/transport.ts";
import { End } from "./end.ts";
import type { Keys } from "./keys.ts";
import { Server } from "./server.ts";

const WINDOW_BYTES = 65_536;
const HEADROOM_BYTES = 4096;
const FENCE_ROUNDS = 3;

/** How much a test moves; for hosts that take one byte at a time. */
export interface Sizes {
  /** Bytes of a long transfer. */
  readonly bulk: number;
  /** More bytes than a connection holds under way. */
  readonly stall: number;
  /** Bytes that may still come behind `pause`, with TLS. */
  readonly surplus: number;
}

export interface Pair {
  readonly client: End;
  readonly server: End;
  readonly listener: Server;
}

export class Stage {
  readonly host: Host;
  readonly sizes: Sizes;
  readonly keys: Keys;
  /** As in an engine: one for all connections, somewhere inside a larger memory. */
  readonly window: Uint8Array = new Uint8Array(
    new ArrayBuffer(HEADROOM_BYTES + WINDOW_BYTES),
    HEADROOM_BYTES,
    WINDOW_BYTES,
  );
  /** Whether ends ask for whole buffers. */
  whole = false;
  readonly #ends: End[] = [];
  readonly #servers: Server[] = [];
  readonly #violations: string[] = [];
  #inCall = false;
  #fence: Pair | undefined;

  constructor(host: Host, sizes: Sizes, keys: Keys) {
    this.host = host;
    this.sizes = sizes;
    this.keys = keys;
  }

  get inCall(): boolean {
    return this.#inCall;
  }

  /** Calls the host, during which it must not report. */
  call<T>(order: () => T): T {
    this.#inCall = true;
    try {
      return order();
    } finally {
      this.#inCall = false;
    }
  }

  violation(what: string): void {
    this.#violations.push(what);
  }

  adopt(end: End): void {
    this.#ends.push(end);
  }

  connect(port: number, target: Partial<ConnectTarget> = {}): End {
    const end = new End(this, { accepted: false, secure: target.tls !== undefined });
    const whole: ConnectTarget = {
      ...{ host: "127.0.0.1", port, family: 0, noDelay: true, keepAlive: false },
      ...target,
    };
    end.transport = this.call(() => this.host.connect(whole, this.window, end));
    this.adopt(end);
    return end;
  }

  listen(target: Partial<ListenTarget> = {}): Server {
    const server = new Server(this, target.tls !== undefined);
    const whole: ListenTarget = { port: 0, noDelay: true, keepAlive: false, ...target };
    server.listener = this.call(() => this.host.listen(whole, server));
    this.#servers.push(server);
    return server;
  }

  /** A connection that is up at both ends. The accepted end is left paused if asked for. */
  async pair(answer: "resume" | "pause" = "resume"): Promise<Pair> {
    const listener = this.listen();
    listener.answer = answer;
    await listener.seen("listening");
    const client = this.connect(listener.listener.localPort);
    await client.seen("connected");
    const server = await listener.accept(client.transport.addresses.localPort);
    return { client, server, listener };
  }

  /** Some round trips elsewhere: what was to be reported of other connections has been since. */
  async fence(): Promise<void> {
    this.#fence ??= await this.pair();
    const { client, server } = this.#fence;
    for (let round = 0; round < FENCE_ROUNDS; round++) {
      const bytes = client.inputBytes;
      await client.write(Uint8Array.of(round));
      await server.until(() => server.inputBytes === client.written);
      await server.write(Uint8Array.of(round));
      await client.until(() => client.inputBytes === bytes + 1);
    }
  }

  /** A port nobody listens on. */
  async freePort(): Promise<number> {
    const server = this.listen();
    await server.seen("listening");
    const { localPort } = server.listener;
    server.close();
    await server.seen("closed");
    return localPort;
  }

  /** Takes everything down and says what was wrong. */
  async strike(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const end of this.#ends) end.destroy();
    for (const server of this.#servers) await server.seen("closed");
    for (const end of this.#ends) await end.seen("closed");
    await new Promise<void>((done) => this.host.defer(done));
    expect(this.#violations).toEqual([]);
  }
}

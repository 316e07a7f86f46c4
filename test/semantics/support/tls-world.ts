/**
 * The world of TLS tests: real sockets on the IPv4 loopback, node:tls or a plaintext connection at
 * the other end, and whatever host name a test wants to be connected to.
 */
import type tls from "node:tls";
import { test } from "vitest";
import type { ServerSocketOptions, SocketOptions } from "../../../bindings/index.ts";
import { type Certificate, certificate } from "../../support/certificates.ts";
import type { Peer } from "./peer.ts";
import { type Accepting, plainConnect, plainListen, tlsConnect, tlsListen } from "./tls-listen.ts";
import type { PlainPeer, TlsPeer } from "./tls-peer.ts";
import type { Watch } from "./watch.ts";
import { NODE, type Place, World } from "./world.ts";

/** The option `tls`. */
export type Tls = NonNullable<SocketOptions["tls"]>;

export const ADDRESS = "127.0.0.1";

type Found = (error: null, address: unknown, family?: number) => void;

/** Every name is this machine's. */
function lookup(_: string, options: { all?: boolean }, found: Found): void {
  if (options.all) found(null, [{ address: ADDRESS, family: 4 }]);
  else found(null, ADDRESS, 4);
}

export class TlsWorld extends World {
  readonly #ends: (() => void)[] = [];

  constructor() {
    super(NODE[0] as Place);
  }

  /** A socket to `host`, wherever that name leads elsewhere. */
  override open(port: number | string, options: SocketOptions = {}, host = ADDRESS): Watch {
    return super.open(port, { lookup: lookup as SocketOptions["lookup"], ...options }, host);
  }

  /** One that is TLS from the first byte and trusts the test authority. */
  async openSecure(
    port: number,
    more: Tls = {},
    host = ADDRESS,
    options: SocketOptions = {},
  ): Promise<Watch> {
    const { ca } = await certificate();
    const tls = { ca, ...more };
    return this.open(port, { useSecureTransport: true, tls, ...options }, host);
  }

  async tlsPeers(options?: tls.TlsOptions): Promise<Accepting<TlsPeer>> {
    return this.#kept(await tlsListen({ ...(await identity()), ...options }));
  }

  async plainPeers(): Promise<Accepting<PlainPeer>> {
    return this.#kept(await plainListen());
  }

  /** A TLS client that trusts the test authority. */
  async tlsPeer(port: number, options: tls.ConnectionOptions = {}): Promise<TlsPeer> {
    const { ca } = await certificate();
    return this.#alive(await tlsConnect(port, { ca, servername: "localhost", ...options }));
  }

  async plainPeer(port: number): Promise<PlainPeer> {
    return this.#alive(await plainConnect(port));
  }

  /** An open plaintext client that trusts the test authority, and its peer. */
  async plain(options: SocketOptions = {}, host?: string): Promise<[Watch, PlainPeer]> {
    const { ca } = await certificate();
    const listening = await this.plainPeers();
    const client = this.open(listening.port, { tls: { ca }, ...options }, host);
    const peer = await listening.accept();
    await client.fired("open");
    return [client, peer];
  }

  /** An accepted plaintext socket that has a certificate for upgrades, and its peer. */
  async plainAccepted(options: ServerSocketOptions = {}): Promise<[Watch, PlainPeer]> {
    const { port, accept } = this.listen({ tls: await identity(), ...options });
    const peer = await this.plainPeer(port);
    return [await accept(), peer];
  }

  override end(): void {
    super.end();
    for (const end of this.#ends) end();
  }

  #kept<P extends Peer>(listening: Accepting<P>): Accepting<P> {
    this.#ends.push(() => listening.close());
    const accept = async (): Promise<P> => this.#alive(await listening.accept());
    return { ...listening, accept };
  }

  #alive<P extends Peer>(peer: P): P {
    this.#ends.push(() => peer.wire.destroy());
    return peer;
  }
}

/** What a server needs of a certificate: of the test authority, for localhost, if none is named. */
export async function identity(
  from?: Promise<Certificate>,
): Promise<{ cert: string; key: string }> {
  const { cert, key } = await (from ?? certificate());
  return { cert, key };
}

/** Declares a test with a world of its own; `timeout` is for those whose length can be chosen. */
export function tlsTest(name: string, run: (world: TlsWorld) => unknown, timeout?: number): void {
  const inWorld = async (): Promise<void> => {
    const world = new TlsWorld();
    try {
      await run(world);
    } finally {
      world.end();
    }
  };
  test(name, inWorld, timeout);
}

/**
 * The two roles in an upgrade, for what must hold in both: a socket of ours in plaintext, and a
 * peer that upgrades when it was told to.
 */
import type { ServerSocketOptions, SocketOptions, TCPSocket } from "../../../bindings/index.ts";
import { certificate, HOST } from "../../support/certificates.ts";
import { latin1, text } from "./bytes.ts";
import type { PlainPeer, TlsPeer } from "./tls-peer.ts";
import { identity, type TlsWorld } from "./tls-world.ts";
import type { Watch } from "./watch.ts";

/** What a client and a server take alike. */
export type Both = SocketOptions & ServerSocketOptions;

export interface Role {
  readonly name: string;
  /** Makes the connection. */
  pair(world: TlsWorld, options?: Both): Promise<[Watch, PlainPeer]>;
  /** What an app of this role does when it has been told to: a server answers first. */
  upgrade(socket: TCPSocket): Promise<void>;
  /** Tells the app to upgrade, perhaps with more than it should, and goes along. */
  secure(peer: PlainPeer, told: string): Promise<TlsPeer>;
  /** The same for a peer that does not read, behind so many bytes of plaintext, which come along. */
  secureBehind(peer: PlainPeer, plaintext: number): Promise<[Uint8Array, TlsPeer]>;
  /** What the socket fired until now; a client's begins with `open`. */
  types(watch: Watch): string;
}

const READY = "ready";

const client: Role = {
  name: "client",
  pair: (world, options) => world.plain(options, HOST),
  upgrade: (socket) => socket.upgradeToSecure(),
  secure: (peer, told) => {
    if (told) peer.wire.write(latin1(told));
    return peer.secureServer(identity());
  },
  secureBehind: (peer, plaintext) => peer.secureBehind(plaintext, identity()),
  types: (watch) => watch.types.replace(/^open ?/, ""),
};

const server: Role = {
  name: "server",
  pair: (world, options) => world.plainAccepted(options),
  upgrade: (socket) => {
    socket.send(READY);
    return socket.upgradeToSecure();
  },
  secure: async (peer, told) => {
    if (told) peer.wire.write(latin1(told));
    await peer.until(READY, () => text(peer.bytes).includes(READY));
    const { ca } = await certificate();
    return peer.secureClient({ ca, servername: HOST });
  },
  secureBehind: async (peer, plaintext) => {
    peer.wire.resume();
    const bytes = await peer.got(plaintext);
    const { ca } = await certificate();
    return [bytes, await peer.secureClient({ ca, servername: HOST })];
  },
  types: (watch) => watch.types,
};

export const ROLES: readonly (readonly [string, Role])[] = [
  ["client", client],
  ["server", server],
];

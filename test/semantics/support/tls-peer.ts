/**
 * The other end of the wire when it speaks TLS: node:tls in either role, from the first byte or,
 * as STARTTLS has it, from a plaintext connection that says when. Keeps what it saw, as `Peer` does.
 */
import type net from "node:net";
import tls from "node:tls";
import { joined } from "./bytes.ts";
import { Peer } from "./peer.ts";

type ServerOptions = tls.TLSSocketOptions & tls.SecureContextOptions;

function wireOf(socket: net.Socket): Peer["wire"] {
  return {
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    destroy: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
}

function watch(peer: Peer, socket: net.Socket): void {
  socket.on("data", (bytes: Buffer) => peer.took(new Uint8Array(bytes)));
  for (const event of ["end", "error", "close"] as const) socket.on(event, () => peer.saw(event));
}

/** A TLS connection. `events` begins when the handshake is done. */
export class TlsPeer extends Peer {
  readonly socket: tls.TLSSocket;

  constructor(socket: tls.TLSSocket) {
    super(wireOf(socket));
    this.socket = socket;
    watch(this, socket);
  }
}

/** A plaintext connection that can be upgraded once; what it saw before stays its own. */
export class PlainPeer extends Peer {
  readonly socket: net.Socket;

  constructor(socket: net.Socket) {
    super(wireOf(socket));
    this.socket = socket;
    watch(this, socket);
  }

  /**
   * Becomes a TLS server; rejects when the handshake fails. Takes a promise, because from the call
   * on it reads nothing itself: a ClientHello that comes is TLS's.
   */
  secureServer(given: ServerOptions | Promise<ServerOptions>): Promise<TlsPeer> {
    this.#letGo();
    const secured = Promise.resolve(given).then((options) => {
      const secureContext = tls.createSecureContext(options);
      const socket = new tls.TLSSocket(this.socket, { ...options, isServer: true, secureContext });
      return handshake(socket, "secure");
    });
    return minded(secured);
  }

  /** Becomes a TLS client; rejects when the handshake fails. */
  secureClient(options: tls.ConnectionOptions): Promise<TlsPeer> {
    this.#letGo();
    return handshake(tls.connect({ ...options, socket: this.socket }), "secureConnect");
  }

  /**
   * For a peer that does not read yet: takes so many bytes of plaintext, then becomes a TLS server
   * that reads what follows them.
   */
  async secureBehind(
    plaintext: number,
    options: ServerOptions | Promise<ServerOptions>,
  ): Promise<[Uint8Array, TlsPeer]> {
    const { socket } = this;
    const parts: Uint8Array[] = [];
    let rest = plaintext;
    socket.removeAllListeners("data");
    await new Promise<void>((resolve) => {
      const take = (): void => {
        while (rest > 0 && socket.readableLength > 0) {
          const part: Buffer = socket.read(Math.min(rest, socket.readableLength));
          parts.push(part);
          rest -= part.length;
        }
        if (rest === 0) resolve();
        else socket.read(0); // asks for more
      };
      socket.on("readable", take);
      take();
    });
    socket.removeAllListeners("readable");
    return [joined(...parts), await this.secureServer(options)];
  }

  #letGo(): void {
    this.socket.pause();
    this.socket.removeAllListeners("data");
  }
}

/** Waits for the event that says that the handshake is done. */
export function handshake(
  socket: tls.TLSSocket,
  done: "secure" | "secureConnect",
): Promise<TlsPeer> {
  const peer = new TlsPeer(socket);
  const secured = new Promise<TlsPeer>((resolve, reject) => {
    socket.once(done, () => resolve(peer));
    socket.once("_tlsError", reject); // servers tell it nowhere else
    socket.once("error", reject);
    for (const end of ["end", "close"]) {
      socket.once(end, () => reject(new Error(`${end} before the handshake was done`)));
    }
  });
  return minded(secured);
}

/** Who does not ask how it went does not mind. */
function minded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/**
 * One connection of node:net or node:tls.
 *
 * Clients read through the public `onread`: the kernel writes straight into the window. Accepted
 * sockets do so where direct-read.ts can; else their `data` is copied into it. Half-open is always
 * allowed here: what the peer's FIN means is the engine's business (M92).
 *
 * TLS that begins later takes the socket's place. It decrypts into the window where messages are cut
 * there; what an app wants as it comes stays in the buffer that TLS makes of each record.
 */
import type { Socket, SocketConstructorOpts, TcpNetConnectOpts } from "node:net";
import type { DuplexOptions } from "node:stream";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type {
  Addresses,
  ConnectTarget,
  Sink,
  TlsInfo,
  TlsTarget,
  Transport,
} from "../transport.ts";
import { builtin, defer } from "./builtin.ts";
import { readDirectly } from "./direct-read.ts";
import { FailedTransport } from "./failed-transport.ts";
import { Handshake } from "./handshake.ts";
import { learnFrom, onReadAny, onReadFor } from "./on-read.ts";
import { takeWindow, tlsReadsDirectly, withDelay } from "./others.ts";
import { flatten, reasonOf } from "./reasons.ts";
import { acceptTls, connectTls } from "./tls.ts";
import { PlaintextLeft, tlsReasonOf } from "./tls-reasons.ts";
import { takeData, unwire, wire } from "./wiring.ts";

const { isIP, Socket: NetSocket } = builtin("node:net");

/** Most bytes of one TLS record (RFC 8446, 5.1). */
const RECORD_BYTES = 16384;

/** Starts a connection that reads into `window`. */
export function connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
  const { noDelay, keepAlive, tls } = target;
  const made: { transport?: NodeTransport } = {};
  const callback = onReadFor(made);
  const options: SocketConstructorOpts & Partial<TcpNetConnectOpts> & DuplexOptions = {
    noDelay,
    keepAlive: keepAlive !== false,
    keepAliveInitialDelay: keepAlive === false ? 0 : keepAlive,
    allowHalfOpen: true,
    onread: { buffer: window, callback },
    // As a socket sets them in its copy of this. Were they not there already, each copy would be of hidden
    // classes of its own, and V8 look up anew what is read of it: a third of what a connection costs.
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  };
  try {
    if (target.host.includes("\0")) throw new Error("a host name with a NUL");
    if (tls !== undefined) {
      const { tls: _, ...where } = target;
      const direct = readsDirectly(sink);
      if (!direct) delete options.onread;
      const socket = connectTls({ ...where, ...options } as ConnectionOptions, tls);
      if (direct) learnFrom(socket, callback);
      else takeData(socket);
      const handshake = new Handshake(tls, "connected", target);
      made.transport = new NodeTransport(socket, sink, false, handshake);
    } else {
      const socket = new NetSocket(options);
      learnFrom(socket, callback);
      socket.connect(withDelay(target, options) as TcpNetConnectOpts);
      made.transport = new NodeTransport(socket, sink);
    }
    return made.transport;
  } catch (error) {
    return new FailedTransport(sink, error);
  }
}

/** An accepted connection, paused; its sink is set once the driver has answered. */
export function accepted(socket: Socket, window: Uint8Array | undefined): NodeTransport {
  const direct = window !== undefined && readDirectly(socket, window, onReadAny);
  if (!direct) {
    takeData(socket);
    socket.pause(); // a data listener makes the stream flow
  }
  return new NodeTransport(socket, null, direct);
}

/** Little is kept for a connection: what else there is to know, the socket knows. */
export class NodeTransport implements Transport, Addresses {
  #socket: Socket;
  sink: Sink | null;
  /** It reads directly, and has yet to begin. */
  #unread: boolean;
  #handshake: Handshake | undefined;

  constructor(socket: Socket, sink: Sink | null, unread = false, handshake?: Handshake) {
    this.#socket = socket;
    this.sink = sink;
    this.#unread = unread;
    this.#handshake = handshake;
    wire(socket, this);
  }

  /** An event of the socket's that says how it stands. */
  told(type: string, error: unknown): void {
    const handshake = this.#handshake;
    if (type === "error" || type === "_tlsError") {
      const cause = flatten(error);
      this.sink?.failed(handshake?.reasonOf(cause) ?? reasonOf(cause), cause);
    } else if (handshake !== undefined) {
      handshake.told(type, this.#socket as TLSSocket, this.sink);
    } else if (type === "connect") {
      this.sink?.connected();
    }
  }

  secure(tls: TlsTarget): void {
    this.startTls(tls, "secured");
  }

  /** Puts TLS between the connection and the sink, which is told so when the peer is verified. */
  startTls(tls: TlsTarget, tells: "connected" | "secured"): void {
    const plain = this.#socket;
    if (plain.destroyed) return;
    try {
      if (plain.readableLength > 0) throw new PlaintextLeft(plain.readableLength);
      unwire(plain);
      takeWindow(plain);
      this.#socket = tls.server ? acceptTls(plain, tls) : connectTls({ socket: plain }, tls);
    } catch (error) {
      wire(plain, this);
      defer(() => this.sink?.failed(tlsReasonOf(error, false), error));
      return;
    }
    this.#handshake = new Handshake(tls, tells);
    this.#unread = false;
    wire(this.#socket, this);
    const window = readsDirectly(this.sink) ? tls.window : undefined;
    const direct = window !== undefined && readDirectly(this.#socket, window, onReadAny);
    if (!direct) takeData(this.#socket);
    this.#socket.pause();
  }

  get tlsInfo(): TlsInfo | null {
    return this.#handshake?.infoOf(this.#socket as TLSSocket) ?? null;
  }

  get addresses(): Addresses {
    return this;
  }

  get localAddress(): string {
    return plain(this.#socket.localAddress ?? "");
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  get remoteAddress(): string {
    return plain(this.#socket.remoteAddress ?? "");
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0;
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    const socket = this.#socket;
    const last = views.length - 1;
    const written = (error?: Error | null): void => {
      if (!error) this.sink?.sent(bytes);
    };
    // TLS takes several at once only as a copy of all: that costs more than a further record.
    const apart = last === 0 || (this.#handshake !== undefined && bytes > RECORD_BYTES);
    if (!apart) socket.cork();
    for (let index = 0; index < last; index++) socket.write(views[index] as Uint8Array);
    socket.write(views[last] as Uint8Array, written);
    if (!apart) socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
    this.#handshake?.hold(this.#socket, true);
  }

  resume(): void {
    // What comes past the stream need not flow: beginning to takes a tick, and what comes with one.
    if (this.#unread) this.#socket.read(0);
    else this.#socket.resume();
    this.#unread = false;
    this.#handshake?.hold(this.#socket, false);
  }

  finish(): void {
    this.#socket.end();
  }

  destroy(): void {
    // Behind a write that the peer does not take, the FIN would wait for ever.
    const socket = this.#socket;
    if (socket.writableEnded && socket.writableLength === 0) socket.destroySoon();
    else socket.destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}

/** Whether TLS decrypts into the window. What it makes a buffer of its own for, an app may have as it is. */
function readsDirectly(sink: Sink | null): boolean {
  return tlsReadsDirectly && sink?.takesWhole !== true;
}

/** Dual-stack listeners show IPv4 peers as `::ffff:a.b.c.d` (M92, M115b). */
export function plain(address: string): string {
  const mapped = address.startsWith("::ffff:") ? address.slice(7) : "";
  return isIP(mapped) === 4 ? mapped : address;
}

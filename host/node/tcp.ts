/**
 * One connection of node:net or node:tls.
 *
 * Clients read through the public `onread`: the kernel writes straight into the window. Accepted
 * sockets do so where direct-read.ts can; else their `data` is copied into it. Half-open is always
 * allowed here: what the peer's FIN means is the engine's business (M92).
 *
 * TLS from the first byte reads into the window as well; TLS that begins later takes the socket's place.
 */
import type { Socket, SocketConstructorOpts, TcpNetConnectOpts } from "node:net";
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
import { learnFrom, onReadAny, onReadFor, TRANSPORT } from "./on-read.ts";
import { listenForErrors, takeWindow, tlsReadsDirectly, withDelay } from "./others.ts";
import { flatten, reasonOf } from "./reasons.ts";
import { acceptTls, connectTls } from "./tls.ts";
import { PlaintextLeft, tlsReasonOf } from "./tls-reasons.ts";

const { isIP, Socket: NetSocket } = builtin("node:net");

type Wired = Socket & { [TRANSPORT]: NodeTransport };

// Shared by all sockets; `this` is the socket.

function onData(this: Wired, bytes: Buffer): void {
  this[TRANSPORT].sink?.receivedCopy(bytes);
}

/**
 * Stands in for listeners, for which an emitter keeps lists and closures in each socket: 80 bytes an
 * idle one, and a tenth of what a short connection allocates. node's own listeners come first.
 */
function emit(this: Wired, type: string, first?: unknown): boolean {
  const transport = this[TRANSPORT];
  // Bun says so of its own end, too. Deno's listeners below may destroy what has ended both ways.
  const late = type === "end" && this.destroyed;
  const unheard = type === "error" && this.listenerCount("error") === 0;
  // biome-ignore lint/complexity/noArguments: an array of them would be one more object
  const heard = unheard || NetSocket.prototype.emit.apply(this, arguments as never);
  if (late) return heard;
  if (type === "end") transport.sink?.ended();
  else if (type === "close") transport.sink?.closed();
  else transport.told(type, first);
  return heard;
}

/** Starts a connection that reads into `window`. */
export function connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
  const { noDelay, keepAlive, tls } = target;
  const made: { transport?: NodeTransport } = {};
  const callback = onReadFor(made);
  const options: SocketConstructorOpts & Partial<TcpNetConnectOpts> = {
    noDelay,
    keepAlive: keepAlive !== false,
    keepAliveInitialDelay: keepAlive === false ? 0 : keepAlive,
    allowHalfOpen: true,
    onread: { buffer: window, callback },
  };
  try {
    if (target.host.includes("\0")) throw new Error("a host name with a NUL");
    if (tls !== undefined) {
      const { tls: _, ...where } = target;
      if (!tlsReadsDirectly) delete options.onread;
      const socket = connectTls({ ...where, ...options } as ConnectionOptions, tls);
      if (tlsReadsDirectly) learnFrom(socket, callback);
      else socket.on("data", onData);
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
    socket.on("data", onData);
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
    const window = tlsReadsDirectly ? tls.window : undefined;
    const direct = window !== undefined && readDirectly(this.#socket, window, onReadAny);
    if (!direct) this.#socket.on("data", onData);
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
    if (last === 0) {
      socket.write(views[0] as Uint8Array, written);
      return;
    }
    socket.cork();
    for (let index = 0; index < last; index++) socket.write(views[index] as Uint8Array);
    socket.write(views[last] as Uint8Array, written);
    socket.uncork();
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

// Functions, as private methods would mark each transport.

function wire(socket: Socket, transport: NodeTransport): void {
  listenForErrors(socket);
  (socket as Wired)[TRANSPORT] = transport;
  socket.emit = emit as never;
}

/** From now on the socket is TLS's; what becomes of it, TLS tells. */
function unwire(socket: Socket): void {
  socket.emit = NetSocket.prototype.emit;
  socket.removeListener("data", onData);
  socket.on("error", () => {});
}

/** Dual-stack listeners show IPv4 peers as `::ffff:a.b.c.d` (M92, M115b). */
export function plain(address: string): string {
  const mapped = address.startsWith("::ffff:") ? address.slice(7) : "";
  return isIP(mapped) === 4 ? mapped : address;
}

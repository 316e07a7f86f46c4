/**
 * One TCP connection of node:net.
 *
 * Clients read through the public `onread`: the kernel writes straight into the window. Accepted
 * sockets do so where direct-read.ts can; else their `data` is copied into it. Half-open is always
 * allowed here: what the peer's FIN means is the engine's business (M92).
 */
import type { Socket, SocketConstructorOpts, TcpNetConnectOpts } from "node:net";
import type { Addresses, ConnectTarget, Sink, Transport } from "../transport.ts";
import { builtin } from "./builtin.ts";
import { readDirectly } from "./direct-read.ts";
import { flatten, reasonOf } from "./reasons.ts";

const { isIP, Socket: NetSocket } = builtin("node:net");

/** Key of a net.Socket's transport. */
const TRANSPORT = Symbol("transport");

type Wired = Socket & { [TRANSPORT]: NodeTransport };

// Shared by all sockets; `this` is the socket.

function onRead(this: Wired, count: number): boolean {
  this[TRANSPORT].sink?.received(count);
  return true;
}

function onData(this: Wired, bytes: Buffer): void {
  this[TRANSPORT].sink?.receivedCopy(bytes);
}

/**
 * Stands in for listeners, for which an emitter keeps lists and closures in each socket: 80 bytes an
 * idle one, and a tenth of what a short connection allocates. node:net's own listeners come first.
 */
function emit(this: Wired, type: string, first?: unknown): boolean {
  const { sink } = this[TRANSPORT];
  const failed = type === "error";
  if (!failed || this.listenerCount("error") > 0) {
    // biome-ignore lint/complexity/noArguments: an array of them would be one more object
    NetSocket.prototype.emit.apply(this, arguments as never);
  }
  if (failed) sink?.failed(reasonOf(first), flatten(first));
  else if (type === "connect") sink?.connected();
  else if (type === "end") sink?.ended();
  else if (type === "close") sink?.closed();
  return true;
}

/** Starts a connection that reads into `window`. */
export function connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
  const { noDelay, keepAlive } = target;
  const options: SocketConstructorOpts & Partial<TcpNetConnectOpts> = {
    noDelay,
    keepAlive: keepAlive !== false,
    keepAliveInitialDelay: keepAlive === false ? 0 : keepAlive,
    allowHalfOpen: true,
    onread: { buffer: window, callback: onRead as (count: number) => boolean },
  };
  try {
    if (target.host.includes("\0")) throw new Error("a host name with a NUL");
    const socket = new NetSocket(options);
    socket.connect(target as TcpNetConnectOpts);
    return new NodeTransport(socket, sink);
  } catch (error) {
    return new FailedTransport(sink, error);
  }
}

/** An accepted connection, paused; its sink is set once the driver has answered. */
export function accepted(socket: Socket, window: Uint8Array | undefined): NodeTransport {
  const callback = onRead as (count: number) => boolean;
  const direct = window !== undefined && readDirectly(socket, window, callback);
  if (!direct) {
    socket.on("data", onData);
    socket.pause(); // a data listener makes the stream flow
  }
  return new NodeTransport(socket, null, direct);
}

/** Little is kept for a connection: what else there is to know, the socket knows. */
export class NodeTransport implements Transport, Addresses {
  readonly #socket: Socket;
  sink: Sink | null;
  /** It reads directly, and has yet to begin. */
  #unread: boolean;

  constructor(socket: Socket, sink: Sink | null, unread = false) {
    this.#socket = socket;
    this.sink = sink;
    this.#unread = unread;
    (socket as Wired)[TRANSPORT] = this;
    socket.emit = emit as never;
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
  }

  resume(): void {
    // What comes past the stream need not flow: beginning to takes a tick, and what comes with one.
    if (this.#unread) this.#socket.read(0);
    else this.#socket.resume();
    this.#unread = false;
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

/** A connection that node:net refused to start: reports so, in a task of its own (M16). */
class FailedTransport implements Transport {
  readonly addresses: Addresses = {
    localAddress: "",
    localPort: 0,
    remoteAddress: "",
    remotePort: 0,
  };

  constructor(sink: Sink, error: unknown) {
    setImmediate(() => {
      sink.failed(reasonOf(error), error);
      sink.closed();
    });
  }

  write(): void {}
  pause(): void {}
  resume(): void {}
  finish(): void {}
  destroy(): void {}
  ref(): void {}
  unref(): void {}
}

/** Dual-stack listeners show IPv4 peers as `::ffff:a.b.c.d` (M92, M115b). */
export function plain(address: string): string {
  const mapped = address.startsWith("::ffff:") ? address.slice(7) : "";
  return isIP(mapped) === 4 ? mapped : address;
}

/**
 * One TCP connection of node:net.
 *
 * Clients read through the public `onread`: the kernel writes straight into the window. Accepted
 * sockets have no public way to do that, so their `data` is copied into it. Half-open is always
 * allowed here: what the peer's FIN means is the engine's business (M92).
 */
import { isIP, connect as netConnect, type Socket, type TcpNetConnectOpts } from "node:net";
import type { Addresses, ConnectTarget, Sink, Transport } from "../transport.ts";
import { flatten, reasonOf } from "./reasons.ts";

/** Starts a connection that reads into `window`. */
export function connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
  const options: TcpNetConnectOpts = {
    host: target.host,
    port: target.port,
    family: target.family,
    noDelay: target.noDelay,
    keepAlive: target.keepAlive !== false,
    keepAliveInitialDelay: target.keepAlive === false ? 0 : target.keepAlive,
    allowHalfOpen: true,
    onread: {
      buffer: window,
      callback: (count) => {
        sink.received(count);
        return true;
      },
    },
  };
  if (target.localAddress !== undefined) options.localAddress = target.localAddress;
  if (target.localPort !== undefined) options.localPort = target.localPort;
  if (target.lookup !== undefined) options.lookup = target.lookup as never;
  try {
    if (target.host.includes("\0")) throw new Error("a host name with a NUL");
    const socket = netConnect(options);
    socket.once("connect", () => sink.connected());
    return new NodeTransport(socket, () => sink);
  } catch (error) {
    return new FailedTransport(sink, error);
  }
}

/** An accepted connection, paused; `sinkOf` tells who listens once the driver has answered. */
export function accepted(socket: Socket, sinkOf: () => Sink | null): Transport {
  socket.on("data", (bytes: Buffer) => sinkOf()?.receivedCopy(bytes));
  socket.pause(); // a data listener makes the stream flow
  return new NodeTransport(socket, sinkOf);
}

class NodeTransport implements Transport {
  readonly #socket: Socket;
  #finishing = false;

  constructor(socket: Socket, sinkOf: () => Sink | null) {
    this.#socket = socket;
    socket.on("end", () => sinkOf()?.ended());
    socket.on("error", (error) => sinkOf()?.failed(reasonOf(error), flatten(error)));
    socket.once("close", () => sinkOf()?.closed());
    this.#written = (count) => sinkOf()?.sent(count);
  }

  readonly #written: (count: number) => void;

  get addresses(): Addresses {
    const { localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 } = this.#socket;
    return {
      localAddress: plain(localAddress),
      localPort,
      remoteAddress: plain(remoteAddress),
      remotePort,
    };
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    const socket = this.#socket;
    const last = views.length - 1;
    const written = (error?: Error | null): void => {
      if (!error) this.#written(bytes);
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
    this.#socket.resume();
  }

  finish(): void {
    this.#finishing = true;
    this.#socket.end();
  }

  destroy(): void {
    if (this.#finishing) this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}

/** A connection that node:net refused to start: reports so, a tick later. */
class FailedTransport implements Transport {
  readonly addresses: Addresses = {
    localAddress: "",
    localPort: 0,
    remoteAddress: "",
    remotePort: 0,
  };

  constructor(sink: Sink, error: unknown) {
    queueMicrotask(() => {
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

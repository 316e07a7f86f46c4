/**
 * One listener of node:net.
 *
 * Without a host Node binds at once, so a port that is taken is known when the constructor
 * returns; with a host, or in a cluster worker, it is known later (M115).
 */
import type { AddressInfo, Server, Socket } from "node:net";
import type { Listener, ListenerSink, ListenTarget } from "../transport.ts";
import { builtin, defer } from "./builtin.ts";
import { listenReasonOf } from "./reasons.ts";
import { accepted, plain } from "./tcp.ts";

export class NodeListener implements Listener {
  readonly #server: Server;
  readonly #sink: ListenerSink;
  readonly #later: boolean;
  #closed = false;

  constructor(target: ListenTarget, sink: ListenerSink) {
    const { host, port, backlog, noDelay, reusePort = false } = target;
    this.#sink = sink;
    this.#later = host !== undefined || isClusterWorker();
    this.#server = builtin("node:net").createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay,
    });
    this.#server.on("connection", (socket: Socket) => accept(socket, target, sink));
    this.#server.once("listening", () => sink.listening());
    this.#server.on("error", (error) => {
      sink.failed(listenReasonOf(error), error);
      if (!this.#server.listening) this.#gone();
    });
    const options = { port, ...(host && { host }), ...(backlog && { backlog }) };
    this.#server.listen(reusePort ? { ...options, reusePort } : options);
  }

  get bound(): boolean | null {
    if (this.#server.listening) return true;
    return this.#later ? null : false;
  }

  get localAddress(): string {
    const address = this.#server.address() as AddressInfo | null;
    return address === null ? "" : plain(address.address);
  }

  get localPort(): number {
    const address = this.#server.address() as AddressInfo | null;
    return address === null ? 0 : address.port;
  }

  close(): void {
    this.#server.close();
    defer(() => this.#gone()); // Node's own close event waits for the connections
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }

  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink.closed();
  }
}

function accept(socket: Socket, target: ListenTarget, sink: ListenerSink): void {
  const { window, tls, keepAlive } = target;
  if (keepAlive !== false) socket.setKeepAlive(true, keepAlive); // Deno's servers do not
  const transport = accepted(socket, tls === undefined ? window : undefined);
  transport.sink = sink.accepted(transport);
  if (transport.sink === null) socket.destroy();
  else if (tls !== undefined) transport.startTls(tls, "connected");
}

/** In a cluster worker the primary binds. Asked when needed: loading the module takes time. */
function isClusterWorker(): boolean {
  return builtin("node:cluster").isWorker;
}

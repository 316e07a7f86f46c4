/**
 * TCPServerSocket: Mozilla's interface, thin. The listener is a socket of the core, which decides
 * what is accepted; this makes the accepted sockets and hands them out, one `connect` each, in the
 * order they were accepted (M118).
 */
import { EVENT_CLOSE, EVENT_CONNECT, EVENT_ERROR, EVENT_OPEN } from "../assembly/abi.ts";
import type { Receiver } from "./channel.ts";
import { TCPSocketError } from "./errors.ts";
import { errorEvent, TCPServerSocketEvent, type TCPSocketErrorEvent } from "./events.ts";
import { ListeningTarget, listens } from "./listening-target.ts";
import type { ServerSocketOptions } from "./options.ts";
import { reasonOf, whenAborted } from "./platform.ts";
import { PullIterator } from "./pull-iterator.ts";
import { adopt, type Seat } from "./seat.ts";
import { listen, type ServerSeat } from "./server-seat.ts";
import { fire } from "./socket-event.ts";
import { SocketPromises } from "./socket-promises.ts";
import type { TCPSocket } from "./tcp-socket.ts";

type Handler<E> = ((this: TCPServerSocket, event: E) => unknown) | null;

/** The events of a server. */
export interface ServerSocketEvents {
  connect: TCPServerSocketEvent;
  error: TCPSocketErrorEvent;
}

let receive: Receiver<TCPServerSocket>;

/**
 * A listening socket.
 *
 * @example
 * ```js
 * const server = new TCPServerSocket(0);
 * server.onconnect = ({ socket }) => {
 *   socket.ondata = ({ data }) => socket.send(data.toUpperCase());
 *   server.close(); // accepted sockets live on
 * };
 * const client = new TCPSocket("localhost", server.localPort);
 * client.onopen = () => client.send("hello");
 * client.ondata = ({ data }) => {
 *   console.log(data); // HELLO
 *   client.close();
 * };
 * ```
 */
export class TCPServerSocket extends ListeningTarget<ServerSocketEvents> {
  readonly #seat: ServerSeat;
  #localPort: number;
  readonly #promises = new SocketPromises();
  #iterator: PullIterator<TCPSocket> | undefined;
  #unwatch: (() => void) | undefined;

  /** A connection was accepted: `event.socket`. Nobody listening: it is closed (M117). */
  declare onconnect: Handler<ServerSocketEvents["connect"]>;
  /** Listening failed (M120). */
  declare onerror: Handler<ServerSocketEvents["error"]>;

  static {
    TCPServerSocket.defineAttributes(TCPServerSocket.prototype, ["connect", "error"]);
    receive = (server, kind, a) => server.#record(kind, a);
  }

  /**
   * Listens. Without `host` on all interfaces, and at once: `localPort` is known, and a port that
   * is taken throws here. With `host`, failures fire `error` (M112-M115).
   * @param port 0 to 65535; 0 for any free one
   * @param backlog connections the kernel may queue; 0 for the host's default, any integer (M113)
   * @throws TypeError for a port, option or backlog that is not allowed
   * @throws NetworkError (DOMException) if the port cannot be had; its `cause` comes a tick later
   * @throws QuotaExceededError when the engine's maxSockets live
   * @throws NotSupportedError with `tls` or useSecureTransport, but without a certificate
   */
  constructor(port: number | string, options?: ServerSocketOptions, backlog = 0) {
    super();
    this.#seat = listen(port, options, backlog);
    this.#seat.own<TCPServerSocket>(this, receive);
    this.#localPort = this.#seat.listener.localPort;
    const { signal } = this.#seat.options;
    if (signal !== undefined) this.#watch(signal);
  }

  /** The port listened on; 0 until known. Keeps its value after close() (M112, M119). */
  get localPort(): number {
    this.#localPort ||= this.#seat.listener.localPort;
    return this.#localPort;
  }

  /** The address listened on; `""` until known. */
  get localAddress(): string {
    return this.#seat.listener.localAddress;
  }

  /** Stops listening. Accepted sockets live on; those not yet announced are dropped (M119, M122). */
  close(): void {
    this.#seat.driver.core.call.close(this.#seat.handle);
    this.#seat.driver.schedule();
  }

  /**
   * Resolves once bound; rejects with TCPSocketError, or AbortError if closed before.
   *
   * @example
   * ```js
   * const server = new TCPServerSocket(0, { host: "127.0.0.1" });
   * console.log(server.localPort); // 0
   * await server.listening;
   * console.log(server.localPort > 0, server.localAddress); // true 127.0.0.1
   * server.close();
   * ```
   */
  get listening(): Promise<void> {
    return this.#promises.opened;
  }

  /**
   * Iterates over the accepted sockets, in place of `connect`. A socket is not read before it is
   * handed out, and then keeps its first data until it has a consumer. Leaving the loop closes the
   * server and the sockets not handed out.
   * @throws InvalidStateError if connections have a consumer already
   *
   * @example
   * ```js
   * const server = new TCPServerSocket(0);
   * new TCPSocket("localhost", server.localPort); // somebody connects
   * for await (const socket of server) {
   *   console.log(socket.readyState, socket.localPort === server.localPort); // open true
   *   socket.close();
   *   break; // closes the server
   * }
   * ```
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<TCPSocket> {
    if (this.#iterator !== undefined || listens(this, "connect")) {
      throw new DOMException("connections have a consumer already", "InvalidStateError");
    }
    const iterator = new PullIterator<TCPSocket>({
      taken: (socket) => socket.resume(),
      left: (queued) => {
        for (const socket of queued) socket.closeImmediately();
        this.close();
      },
    });
    this.#iterator = iterator;
    if (this.#promises.over) iterator.end();
    return iterator;
  }

  /** Closes. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** Keeps the program alive while listening; so it is at first. */
  ref(): this {
    this.#seat.listener.ref();
    return this;
  }

  /** Lets the program end while listening. */
  unref(): this {
    this.#seat.listener.unref();
    return this;
  }

  protected override admit(type: string): void {
    if (this.#iterator === undefined || this.#promises.over || type !== "connect") return;
    throw new DOMException("an iterator takes the connections", "InvalidStateError");
  }

  #watch(signal: AbortSignal): void {
    this.#unwatch = whenAborted(signal, () => {
      this.#promises.noteReason(reasonOf(signal));
      this.close();
    });
  }

  #record(kind: number, a: number): void {
    if (kind === EVENT_CONNECT) this.#announce(a);
    else if (kind === EVENT_OPEN) this.#bound();
    else if (kind === EVENT_ERROR) this.#failed(new TCPSocketError(a, this.#seat.cause));
    else if (kind === EVENT_CLOSE) this.#closed();
  }

  #bound(): void {
    this.#localPort = this.#seat.listener.localPort;
    this.#promises.noteOpen();
  }

  #failed(error: TCPSocketError): void {
    this.#promises.noteReason(error);
    this.#iterator?.end(error);
    fire(this, errorEvent(error));
  }

  #closed(): void {
    this.#unwatch?.();
    this.#promises.noteClose();
    this.#iterator?.end(this.#promises.reason);
  }

  #announce(handle: number): void {
    const seat = this.#seat.driver.find(handle) as Seat;
    const { remoteAddress = "", remotePort = 0 } = seat.transport?.addresses ?? {};
    seat.host = remoteAddress;
    seat.port = remotePort;
    if (this.#iterator !== undefined) seat.with = "pull";
    const socket = adopt(seat);
    if (this.#iterator !== undefined) {
      socket.suspend(); // until it is handed out
      this.#iterator.push(socket);
    } else if (listens(this, "connect")) {
      fire(this, new TCPServerSocketEvent("connect", { socket }));
    } else {
      socket.close();
    }
  }
}

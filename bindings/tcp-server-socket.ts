/**
 * TCPServerSocket: Mozilla's interface, thin. The listener is a socket of the core, which decides
 * what is accepted; this makes the accepted sockets and hands them out, one `connect` each, in the
 * order they were accepted (M118).
 */
import {
  EVENT_CLOSE,
  EVENT_CONNECT,
  EVENT_ERROR,
  EVENT_OPEN,
  ROLE_ACCEPTED,
  ROLE_LISTENER,
} from "../assembly/abi.ts";
import type { Listener, Sink, Transport } from "../host/transport.ts";
import { Channel, type Receiver } from "./channel.ts";
import { driverOf, engineFor } from "./engine.ts";
import { TCPSocketError } from "./errors.ts";
import { errorEvent, TCPServerSocketEvent, type TCPSocketErrorEvent } from "./events.ts";
import { ListeningTarget } from "./listening-target.ts";
import {
  checkPort,
  framingOf,
  keepAliveOf,
  openWords,
  type ServerSocketOptions,
  serverOptions,
} from "./options.ts";
import { PullIterator } from "./pull-iterator.ts";
import { adopt, Seat } from "./seat.ts";
import { type Security, serverSecurity } from "./security.ts";
import { beginFraming, checkFits } from "./set-framing.ts";
import { shown } from "./shown.ts";
import { fire } from "./socket-event.ts";
import { SocketPromises } from "./socket-promises.ts";
import type { TCPSocket } from "./tcp-socket.ts";

type Handler<E> = ((this: TCPServerSocket, event: E) => unknown) | null;

/** The events of a server. */
export interface ServerSocketEvents {
  connect: TCPServerSocketEvent;
  error: TCPSocketErrorEvent;
}

const HANDSHAKE_MILLISECONDS = 10_000;
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
  readonly #channel: Channel;
  readonly #listener: Listener;
  readonly #options: ServerSocketOptions;
  /** What each accepted socket is opened with. */
  readonly #words: readonly number[];
  readonly #security: Security;
  #localPort: number;
  /** Thrown by the constructor; the host tells its cause later. */
  #refusal: DOMException | undefined;
  readonly #promises = new SocketPromises();
  #iterator: PullIterator<TCPSocket> | undefined;

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
   */
  constructor(port: number | string, options?: ServerSocketOptions, backlog = 0) {
    super();
    const checked = serverOptions(options);
    const wanted = checkPort("TCPServerSocket", port);
    if (!Number.isInteger(backlog)) {
      throw new TypeError(`TCPServerSocket backlog: ${shown(backlog)} came; an integer is allowed`);
    }
    this.#options = checked;
    this.#words = openWords(checked, checked.handshakeTimeout ?? HANDSHAKE_MILLISECONDS);
    const driver = driverOf(engineFor(checked.engine));
    if (checked.reusePort === true && !driver.host.reusesPorts) {
      throw new DOMException(`${driver.host.name} has no reusePort`, "NotSupportedError");
    }
    const framing = framingOf(checked);
    checkFits(driver, framing);
    this.#security = serverSecurity(driver, checked);
    const channel = driver.open(Channel, ROLE_LISTENER, 0, this.#words);
    if (typeof channel === "number") {
      throw new DOMException("the engine's maxSockets are open", "QuotaExceededError");
    }
    beginFraming(channel, framing);
    this.#channel = channel;
    channel.own<TCPServerSocket>(this, receive);
    this.#listener = this.#bind(wanted, backlog === 0 ? undefined : backlog & 0xffff);
    channel.listener = this.#listener;
    this.#localPort = this.#listener.localPort;
    if (this.#listener.bound === false) {
      this.#refusal = new DOMException(`port ${wanted} cannot be listened on`, "NetworkError");
      channel.own(this, undefined);
      this.close();
      throw this.#refusal;
    }
    checked.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** The port listened on; 0 until known. Keeps its value after close() (M112, M119). */
  get localPort(): number {
    this.#localPort ||= this.#listener.localPort;
    return this.#localPort;
  }

  /** The address listened on; `""` until known. */
  get localAddress(): string {
    return this.#listener.localAddress;
  }

  /** Stops listening. Accepted sockets live on; those not yet announced are dropped (M119, M122). */
  close(): void {
    this.#channel.driver.core.call.close(this.#channel.handle);
    this.#channel.driver.schedule();
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
    if (this.#iterator !== undefined || this.listens("connect")) {
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
    this.#listener.ref();
    return this;
  }

  /** Lets the program end while listening. */
  unref(): this {
    this.#listener.unref();
    return this;
  }

  protected override admit(type: string): void {
    if (this.#iterator === undefined || this.#promises.over || type !== "connect") return;
    throw new DOMException("an iterator takes the connections", "InvalidStateError");
  }

  readonly #abort = (): void => {
    this.#promises.reason = this.#options.signal?.reason;
    this.close();
  };

  #bind(port: number, backlog: number | undefined): Listener {
    const channel = this.#channel;
    const { host, noDelay = true, reusePort } = this.#options;
    const keepAlive = keepAliveOf(this.#options);
    const { window } = channel.driver.core;
    const tls = this.#security.on ? this.#security.tls : undefined;
    return channel.driver.host.listen(
      { host, port, backlog, noDelay, keepAlive, reusePort, window, tls },
      {
        listening: () => channel.connected(),
        accepted: (transport) => this.#accept(transport),
        failed: (reason, cause) => {
          if (this.#refusal !== undefined) {
            Object.defineProperty(this.#refusal, "cause", { value: cause });
          }
          channel.failed(reason, cause);
        },
        closed: () => channel.closed(),
      },
    );
  }

  #record(kind: number, a: number): void {
    if (kind === EVENT_CONNECT) this.#announce(a);
    else if (kind === EVENT_OPEN) this.#bound();
    else if (kind === EVENT_ERROR) this.#failed(new TCPSocketError(a, this.#channel.cause));
    else if (kind === EVENT_CLOSE) this.#closed();
  }

  #bound(): void {
    this.#localPort = this.#listener.localPort;
    this.#promises.noteOpen();
  }

  #failed(error: TCPSocketError): void {
    this.#promises.reason ??= error;
    this.#iterator?.end(error);
    fire(this, errorEvent(error));
  }

  #closed(): void {
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#promises.noteClose();
    this.#iterator?.end(this.#promises.reason);
  }

  #accept(transport: Transport): Sink | null {
    const { driver, handle } = this.#channel;
    const seat = driver.open(Seat, ROLE_ACCEPTED, handle, this.#words);
    if (typeof seat === "number") return null;
    seat.transport = transport;
    seat.security = this.#security;
    driver.turnSoon();
    return seat;
  }

  #announce(handle: number): void {
    const seat = this.#channel.driver.find(handle) as Seat;
    const { remoteAddress = "", remotePort = 0 } = seat.transport?.addresses ?? {};
    seat.settle(remoteAddress, remotePort, this.#options);
    if (this.#iterator !== undefined) seat.with = "pull";
    const socket = adopt(seat);
    if (this.#iterator !== undefined) {
      socket.suspend(); // until it is handed out
      this.#iterator.push(socket);
    } else if (this.listens("connect")) {
      fire(this, new TCPServerSocketEvent("connect", { socket }));
    } else {
      socket.close();
    }
  }
}

/**
 * TCPServerSocket: Mozilla's interface, thin. The listener is a socket of the core, which decides
 * what is accepted; this makes the accepted sockets and hands them out, one `connect` each, in the
 * order they were accepted (M118).
 */
import {
  EVENT_CONNECT,
  EVENT_ERROR,
  EVENT_OPEN,
  ROLE_ACCEPTED,
  ROLE_LISTENER,
} from "../assembly/abi.ts";
import type { Listener, Sink, Transport } from "../host/transport.ts";
import type { Channel } from "./channel.ts";
import { driverOf, type Engine, engineFor } from "./engine.ts";
import { TCPSocketError } from "./errors.ts";
import { errorEvent, TCPServerSocketEvent, type TCPSocketErrorEvent, trusted } from "./events.ts";
import { ListeningTarget } from "./listening-target.ts";
import {
  checkPort,
  keepAliveOf,
  openWords,
  type ServerSocketOptions,
  serverOptions,
} from "./options.ts";
import { adopt, Seat } from "./seat.ts";
import { shown } from "./shown.ts";

type Handler<E> = ((this: TCPServerSocket, event: E) => unknown) | null;

/** A listening socket. */
export class TCPServerSocket extends ListeningTarget {
  readonly #channel: Channel;
  readonly #listener: Listener;
  readonly #options: ServerSocketOptions;
  readonly #engine: Engine;
  #localPort: number;

  /** A connection was accepted: `event.socket`. Nobody listening: it is closed (M117). */
  declare onconnect: Handler<TCPServerSocketEvent>;
  /** Listening failed (M120). */
  declare onerror: Handler<TCPSocketErrorEvent>;

  static {
    TCPServerSocket.defineAttributes(TCPServerSocket.prototype, ["connect", "error"]);
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
    this.#engine = engineFor(checked.engine);
    const driver = driverOf(this.#engine);
    const channel = driver.open(ROLE_LISTENER, 0, openWords(checked), (kind, a) =>
      this.#record(kind, a),
    );
    if (typeof channel === "number") {
      throw new DOMException("the engine's maxSockets are open", "QuotaExceededError");
    }
    this.#channel = channel;
    let refusal: DOMException | undefined;
    this.#listener = driver.host.listen(
      {
        host: checked.host,
        port: wanted,
        backlog: backlog === 0 ? undefined : backlog & 0xffff,
        noDelay: checked.noDelay ?? true,
        keepAlive: keepAliveOf(checked),
      },
      {
        listening: () => channel.connected(),
        accepted: (transport) => this.#accept(transport),
        failed: (reason, cause) => {
          if (refusal !== undefined) Object.defineProperty(refusal, "cause", { value: cause });
          channel.failed(reason, cause);
        },
        closed: () => channel.closed(),
      },
    );
    channel.listener = this.#listener;
    this.#localPort = this.#listener.localPort;
    if (this.#listener.bound !== false) return;
    refusal = new DOMException(`port ${wanted} cannot be listened on`, "NetworkError");
    channel.owner = undefined;
    this.close();
    throw refusal;
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

  #record(kind: number, a: number): void {
    if (kind === EVENT_CONNECT) this.#announce(a);
    else if (kind === EVENT_OPEN) this.#localPort = this.#listener.localPort;
    else if (kind === EVENT_ERROR) {
      this.dispatchEvent(errorEvent(new TCPSocketError(a, this.#channel.cause)));
    }
  }

  #accept(transport: Transport): Sink | null {
    const { driver, handle } = this.#channel;
    const channel = driver.open(ROLE_ACCEPTED, handle, openWords(this.#options));
    if (typeof channel === "number") return null;
    channel.transport = transport;
    driver.turnSoon();
    return channel;
  }

  #announce(handle: number): void {
    const channel = this.#channel.driver.find(handle) as Channel;
    const { remoteAddress = "", remotePort = 0 } = channel.transport?.addresses ?? {};
    const { binaryType } = this.#options;
    const socket = adopt(new Seat(channel, remoteAddress, remotePort, binaryType, this.#engine));
    if (!this.listens("connect")) socket.close();
    else this.dispatchEvent(trusted(new TCPServerSocketEvent("connect", { socket })));
  }
}

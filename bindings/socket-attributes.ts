/**
 * The attributes of TCPSocket (M1, M3): what can be read, and the `on…` handlers.
 *
 * Everything here is looked up when asked for; nothing is stored but the seat and the addresses,
 * which the transport forgets when it closes.
 */
import type { Addresses, TlsInfo } from "../host/transport.ts";
import type { Channel } from "./channel.ts";
import type { TCPSocketErrorEvent, TCPSocketEvent } from "./events.ts";
import { ListeningTarget } from "./listening-target.ts";
import type { MessageBatch } from "./message-batch.ts";
import type { BinaryType } from "./options.ts";
import type { Seat } from "./seat.ts";
import type { TCPSocket } from "./tcp-socket.ts";

/** `"connecting"`, `"open"`, `"closing"` or `"closed"` (M23). */
export type ReadyState = "connecting" | "open" | "closing" | "closed";

/** The events of a socket. */
export interface SocketEvents {
  open: TCPSocketEvent<undefined>;
  drain: TCPSocketEvent<undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: the type depends on binaryType
  data: TCPSocketEvent<any>;
  messages: TCPSocketEvent<MessageBatch>;
  end: TCPSocketEvent<undefined>;
  error: TCPSocketErrorEvent;
  close: TCPSocketEvent<undefined>;
}

/** The value of an `on…` attribute; `this` is the socket. */
export type SocketHandler<E> = ((this: TCPSocket, event: E) => unknown) | null;

const READY_STATES: readonly ReadyState[] = ["connecting", "open", "closing", "closed"];
const NOWHERE: Addresses = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };

let seatFor: (socket: SocketAttributes) => Seat;
let totalFor: (socket: SocketAttributes) => void;

/** What is kept of what others forget. */
interface Kept {
  /** Once asked for: that takes system calls, and after its end the transport knows nothing. */
  addresses: Addresses | undefined;
  /** Once the socket has closed: the engine forgets it. */
  sent: number | undefined;
  received: number | undefined;
}

/** What can be read of a socket. */
export class SocketAttributes extends ListeningTarget<SocketEvents> {
  readonly #seat: Seat;
  #kept: Kept | undefined;

  /** The connection is up. */
  declare onopen: SocketHandler<SocketEvents["open"]>;
  /** bufferedAmount has fallen to lowWaterMark after a send() returned false (M80). */
  declare ondrain: SocketHandler<SocketEvents["drain"]>;
  /** Something was received; what `event.data` is, binaryType says. */
  declare ondata: SocketHandler<SocketEvents["data"]>;
  /** All that one read brought, lent for the handler's time; `data` does not fire then. */
  declare onmessages: SocketHandler<SocketEvents["messages"]>;
  /** The peer has ended its direction; only with allowHalfOpen. */
  declare onend: SocketHandler<SocketEvents["end"]>;
  /** The connection failed; `close` follows (M46). */
  declare onerror: SocketHandler<SocketEvents["error"]>;
  /** The last event, once (M33, M34). */
  declare onclose: SocketHandler<SocketEvents["close"]>;

  static {
    const types = ["open", "drain", "data", "messages", "end", "error", "close"];
    SocketAttributes.defineAttributes(SocketAttributes.prototype, types);
    seatFor = (socket) => socket.#seat;
    totalFor = (socket) => {
      const { bytesSent: sent, bytesReceived: received } = socket;
      socket.#kept = { addresses: socket.#kept?.addresses, sent, received };
    };
  }

  constructor(seat: Seat) {
    super();
    this.#seat = seat;
  }

  /** The host as it was given; for accepted sockets the peer's address (M18, M92). */
  get host(): string {
    return this.#seat.host;
  }

  /** The port as it was given; for accepted sockets the peer's. */
  get port(): number {
    return this.#seat.port;
  }

  /** Whether the connection is, or is about to be, secure (M103). */
  get ssl(): boolean {
    return this.#seat.security?.on ?? false;
  }

  /** What the TLS handshake has agreed; null without TLS, before it is verified and after the end. */
  get tlsInfo(): TlsInfo | null {
    return this.#seat.transport?.tlsInfo ?? null;
  }

  /** Where in its life the socket is (M23-M31). */
  get readyState(): ReadyState {
    const { driver, handle } = this.#seat.channel;
    return READY_STATES[driver.core.call.ready_state(handle)] ?? "closed";
  }

  /** Bytes sent and not yet confirmed by the transport, over all queues; exact (M78). */
  get bufferedAmount(): number {
    const { driver, handle } = this.#seat.channel;
    return Math.max(0, driver.core.call.buffered_amount(handle));
  }

  /** What `data` events carry. */
  get binaryType(): BinaryType {
    return this.#seat.binaryType;
  }

  /** Bytes the transport has taken. */
  get bytesSent(): number {
    const { driver, handle } = this.#seat.channel;
    return this.#kept?.sent ?? Math.max(0, driver.core.call.bytes_sent(handle));
  }

  /** Bytes read. */
  get bytesReceived(): number {
    const { driver, handle } = this.#seat.channel;
    return this.#kept?.received ?? Math.max(0, driver.core.call.bytes_received(handle));
  }

  /** The peer's address; `""` before open, and when first asked for after the end. */
  get remoteAddress(): string {
    return SocketAttributes.#where(this).remoteAddress;
  }

  /** The peer's port, or 0 before open. */
  get remotePort(): number {
    return SocketAttributes.#where(this).remotePort;
  }

  /** Our address, or `""` before open. */
  get localAddress(): string {
    return SocketAttributes.#where(this).localAddress;
  }

  /** Our port, or 0 before open. */
  get localPort(): number {
    return SocketAttributes.#where(this).localPort;
  }

  /** Static, as a class with private methods marks each of its objects. */
  static #where(socket: SocketAttributes): Addresses {
    if (socket.#kept?.addresses !== undefined) return socket.#kept.addresses;
    const found = socket.#seat.transport?.addresses;
    if (found === undefined || socket.readyState === "connecting") return NOWHERE;
    const { localAddress, localPort, remoteAddress, remotePort } = found;
    if (remotePort === 0) return NOWHERE;
    const addresses = { localAddress, localPort, remoteAddress, remotePort };
    socket.#kept = { addresses, sent: socket.#kept?.sent, received: socket.#kept?.received };
    return addresses;
  }
}

/** The seat of a socket, for the other files of the bindings. */
export function seatOf(socket: SocketAttributes): Seat {
  return seatFor(socket);
}

/** The channel of a socket, for the other files of the bindings. */
export function channelOf(socket: SocketAttributes): Channel {
  return seatFor(socket).channel;
}

/** The socket has closed: keeps its totals. */
export function noteTotals(socket: SocketAttributes): void {
  totalFor(socket);
}

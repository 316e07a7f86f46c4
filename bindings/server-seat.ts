/**
 * What a TCPServerSocket is built on: its channel, the host's listener, and what each accepted socket
 * starts with. As Seat is for TCPSocket.
 */
import { ROLE_ACCEPTED, ROLE_LISTENER } from "../assembly/abi.ts";
import type { Listener, Sink, Transport } from "../host/transport.ts";
import { Channel } from "./channel.ts";
import { driverOf, engineFor } from "./engine.ts";
import {
  checkPort,
  framingOf,
  keepAliveOf,
  openWords,
  type ServerSocketOptions,
  serverOptions,
} from "./options.ts";
import { Seat } from "./seat.ts";
import { type Security, serverSecurity } from "./security.ts";
import { beginFraming, checkFits } from "./set-framing.ts";
import { shown } from "./shown.ts";

const HANDSHAKE_MILLISECONDS = 10_000;

/** The channel of one TCPServerSocket. */
export class ServerSeat extends Channel {
  listener!: Listener;
  options: ServerSocketOptions = {};
  /** What each accepted socket is opened with. */
  words: readonly number[] = [];
  security: Security | undefined;
  /** Thrown by `listen`; the host tells its cause later. */
  refusal: DOMException | undefined;

  /** A connection, or null if it is not wanted. */
  accept(transport: Transport): Sink | null {
    const seat = this.driver.open(Seat, ROLE_ACCEPTED, this.handle, this.words);
    if (typeof seat === "number") return null;
    seat.transport = transport;
    seat.security = this.security;
    seat.settle(this.options); // the host asks for it when TLS begins
    this.driver.turnSoon();
    return seat;
  }

  override destroy(): void {
    this.listener.close();
  }

  override failed(reason: number, cause: unknown): void {
    if (this.refusal !== undefined) Object.defineProperty(this.refusal, "cause", { value: cause });
    super.failed(reason, cause);
  }
}

/** Starts to listen. Throws as the constructor of TCPServerSocket does. */
export function listen(port: unknown, given: unknown, backlog: unknown): ServerSeat {
  const options = serverOptions(given);
  const wanted = checkPort("TCPServerSocket", port);
  if (!Number.isInteger(backlog)) {
    throw new TypeError(`TCPServerSocket backlog: ${shown(backlog)} came; an integer is allowed`);
  }
  const seat = openListener(options);
  bind(seat, wanted, backlog === 0 ? undefined : (backlog as number) & 0xffff);
  return seat;
}

function openListener(options: ServerSocketOptions): ServerSeat {
  const driver = driverOf(engineFor(options.engine));
  if (options.reusePort === true && !driver.host.reusesPorts) {
    throw new DOMException(`${driver.host.name} has no reusePort`, "NotSupportedError");
  }
  const framing = framingOf(options);
  checkFits(driver, framing);
  const security = serverSecurity(driver, options);
  const words = openWords(options, options.handshakeTimeout ?? HANDSHAKE_MILLISECONDS);
  const seat = driver.open(ServerSeat, ROLE_LISTENER, 0, words);
  if (typeof seat === "number") {
    throw new DOMException("the engine's maxSockets are open", "QuotaExceededError");
  }
  beginFraming(seat, framing);
  seat.options = options;
  seat.words = words;
  seat.security = security;
  return seat;
}

function bind(seat: ServerSeat, port: number, backlog: number | undefined): void {
  const { driver, options, security } = seat;
  const { host, noDelay = true, reusePort } = options;
  const keepAlive = keepAliveOf(options);
  const { window } = driver.core;
  const tls = security?.on === true ? security.tls : undefined;
  seat.listener = driver.host.listen(
    { host, port, backlog, noDelay, keepAlive, reusePort, window, tls },
    {
      listening: () => seat.connected(),
      accepted: (transport) => seat.accept(transport),
      failed: (reason, cause) => seat.failed(reason, cause),
      closed: () => seat.closed(),
    },
  );
  if (seat.listener.bound !== false) return;
  seat.refusal = new DOMException(`port ${port} cannot be listened on`, "NetworkError");
  driver.core.call.close(seat.handle);
  driver.schedule();
  throw seat.refusal;
}

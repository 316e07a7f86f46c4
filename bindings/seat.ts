/**
 * What a TCPSocket is built on: its channel, with what never changes about it.
 *
 * A client gets its seat by dialling, an accepted socket from the server that accepted it. This
 * file stands between TCPServerSocket, which needs sockets made, and TCPSocket, which can make
 * servers (`TCPSocket.listen`), so that neither imports the other in a circle.
 */
import { ROLE_CLIENT } from "../assembly/abi.ts";
import type { TlsTarget } from "../host/transport.ts";
import { Channel } from "./channel.ts";
import { driverOf, engineFor } from "./engine.ts";
import type { Framing } from "./framing.ts";
import {
  type BinaryType,
  checkPort,
  connectTarget,
  framingOf,
  openWords,
  type ServerSocketOptions,
  type SocketOptions,
  socketOptions,
} from "./options.ts";
import { clientSecurity, type Security } from "./security.ts";
import { beginFraming, checkFits } from "./set-framing.ts";
import type { TCPSocket } from "./tcp-socket.ts";

/** The channel of one TCPSocket; one object for both, as there may be many. */
export class Seat extends Channel {
  /** As given, or the peer's address (M18, M92). */
  host = "";
  port = 0;
  binaryType: BinaryType = "string";
  framing: Framing | null = null;
  security: Security | undefined;
  /** What its socket is born with: a signal to obey, or its data waiting for a consumer. */
  with: AbortSignal | "pull" | undefined;

  get channel(): Channel {
    return this;
  }

  override get tls(): TlsTarget | undefined {
    return this.security?.tls;
  }

  override get takesWhole(): boolean {
    return this.framing === null && this.binaryType !== "string";
  }

  /** Engine option `checks`. */
  get checks(): boolean {
    return this.driver.checks;
  }

  get signal(): AbortSignal | undefined {
    return typeof this.with === "object" ? this.with : undefined;
  }

  /** From a server's iterator: its data waits for a consumer. */
  get pull(): boolean {
    return this.with === "pull";
  }

  /** Sets how it receives. */
  settle(options: SocketOptions | ServerSocketOptions): void {
    const { binaryType } = options;
    this.framing = framingOf(options);
    if (binaryType !== undefined) this.binaryType = binaryType;
  }
}

/** Starts a connection. Throws as the constructor of TCPSocket does. */
export function dial(host: unknown, port: unknown, given: unknown): Seat {
  if (host === undefined) throw new TypeError("TCPSocket needs a host and a port");
  const name = String(host);
  const number = checkPort("TCPSocket", port);
  const options: SocketOptions = socketOptions(given);
  const driver = driverOf(engineFor(options.engine));
  const framing = framingOf(options);
  checkFits(driver, framing);
  const security = clientSecurity(driver, name, options);
  const seat = driver.open(Seat, ROLE_CLIENT, 0, openWords(options, options.connectTimeout ?? 0));
  if (typeof seat === "number") {
    throw new DOMException("the engine's maxSockets are open", "QuotaExceededError");
  }
  beginFraming(seat, framing);
  const tls = security?.on === true ? security.tls : undefined;
  const target = connectTarget(name, number, options, tls);
  seat.settle(options);
  seat.host = name;
  seat.port = number;
  seat.with = options.signal;
  seat.security = security;
  seat.transport = driver.host.connect(target, driver.core.window, seat);
  driver.schedule();
  return seat;
}

let makeSocket: (seat: Seat) => TCPSocket;

/** Called once, by TCPSocket. */
export function provideAdoption(make: (seat: Seat) => TCPSocket): void {
  makeSocket = make;
}

/** The socket of an accepted connection. */
export function adopt(seat: Seat): TCPSocket {
  return makeSocket(seat);
}

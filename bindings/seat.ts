/**
 * What a TCPSocket is built on: its channel, and what never changes about it.
 *
 * A client gets its seat by dialling, an accepted socket from the server that accepted it. This
 * file stands between TCPServerSocket, which needs sockets made, and TCPSocket, which can make
 * servers (`TCPSocket.listen`), so that neither imports the other in a circle.
 */
import { ROLE_CLIENT } from "../assembly/abi.ts";
import type { Channel } from "./channel.ts";
import { driverOf, type Engine, engineFor } from "./engine.ts";
import {
  type BinaryType,
  checkPort,
  connectTarget,
  openWords,
  type SocketOptions,
  socketOptions,
} from "./options.ts";
import type { TCPSocket } from "./tcp-socket.ts";

/** The channel and the constants of one TCPSocket. */
export class Seat {
  readonly channel: Channel;
  /** As given, or the peer's address (M18, M92). */
  readonly host: string;
  readonly port: number;
  readonly binaryType: BinaryType;
  /** Engine option `checks`. */
  readonly checks: boolean;
  readonly signal: AbortSignal | undefined;
  /** From a server's iterator: its data waits for a consumer. */
  pull = false;

  constructor(
    channel: Channel,
    host: string,
    port: number,
    binaryType: unknown,
    engine: Engine,
    signal?: AbortSignal,
  ) {
    this.channel = channel;
    this.host = host;
    this.port = port;
    this.binaryType = (binaryType ?? "string") as BinaryType;
    this.checks = engine.checks;
    this.signal = signal;
  }
}

/** Starts a connection. Throws as the constructor of TCPSocket does. */
export function dial(host: unknown, port: unknown, given: unknown): Seat {
  if (host === undefined) throw new TypeError("TCPSocket needs a host and a port");
  const name = String(host);
  const number = checkPort("TCPSocket", port);
  const options: SocketOptions = socketOptions(given);
  const engine = engineFor(options.engine);
  const driver = driverOf(engine);
  const channel = driver.open(ROLE_CLIENT, 0, openWords(options));
  if (typeof channel === "number") {
    throw new DOMException("the engine's maxSockets are open", "QuotaExceededError");
  }
  const target = connectTarget(name, number, options);
  channel.transport = driver.host.connect(target, driver.core.window, channel);
  driver.schedule();
  return new Seat(channel, name, number, options.binaryType, engine, options.signal);
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

/**
 * TCPSocket: Mozilla's interface, thin. Every rule is the core's; this turns calls into the core's
 * commands, its refusals into exceptions, and its records into events. It keeps no state.
 */
import {
  EVENT_CLOSE,
  EVENT_DATA,
  EVENT_DRAIN,
  EVENT_END,
  EVENT_ERROR,
  EVENT_MESSAGES,
  EVENT_OPEN,
  EVENT_SECURE,
} from "../assembly/abi.ts";
import { TCPSocketError } from "./errors.ts";
import { errorEvent, TCPSocketEvent } from "./events.ts";
import { framingFailure } from "./framing-errors.ts";
import { listens } from "./listening-target.ts";
import type { ServerSocketOptions, SocketOptions } from "./options.ts";
import { payloadOf, queuePayload, refuse } from "./payload.ts";
import { reasonOf, whenAborted } from "./platform.ts";
import { knownPromises, noteOpened, PromisedSocket, promisesOf } from "./promised-socket.ts";
import { dial, provideAdoption, Seat } from "./seat.ts";
import { plaintextFailure, upgrade } from "./security.ts";
import { noteTotals, seatOf } from "./socket-attributes.ts";
import { consume, deliver, endData } from "./socket-data.ts";
import { fire } from "./socket-event.ts";
import { TCPServerSocket } from "./tcp-server-socket.ts";
import type { TlsOptions } from "./tls-options.ts";

const UNDEFINED = { data: undefined };
let unwatch: (socket: TCPSocket) => void;

/**
 * A TCP connection.
 *
 * @example
 * ```js
 * const socket = new TCPSocket("localhost", port);
 * socket.onopen = () => socket.send("hello");
 * socket.ondata = ({ data }) => {
 *   console.log(data); // hello
 *   socket.close();
 * };
 * socket.onclose = () => console.log(socket.readyState); // closed
 * ```
 */
export class TCPSocket extends PromisedSocket {
  #unwatch: (() => void) | undefined;

  static {
    provideAdoption((seat) => new TCPSocket(seat as never, 0));
    unwatch = (socket) => socket.#unwatch?.();
  }

  /**
   * Starts to connect. What is wrong with host or port beyond their form is told by `error` (M11).
   * Fires `open`, or `error` and `close`.
   * @param host a name or an address; IPv6 without brackets (M19)
   * @param port 0 to 65535, as a number or in decimal digits
   * @throws TypeError for a port or option that is not allowed, or a certificate that cannot be read
   * @throws QuotaExceededError when the engine's maxSockets live
   */
  constructor(host: string, port: number | string, options?: SocketOptions) {
    const accepted = (host as unknown) instanceof Seat;
    super(accepted ? (host as unknown as Seat) : dial(host, port, options));
    const seat = seatOf(this);
    seat.own<TCPSocket>(this, receive);
    if (seat.pull) consume(this).pull();
    if (accepted) opened(this);
    if (seat.signal !== undefined) this.#unwatch = watch(this, seat.signal);
  }

  /** The same as the constructor (M7). */
  static open(host: string, port: number | string, options?: SocketOptions): TCPSocket {
    return new TCPSocket(host, port, options);
  }

  /** The same as `new TCPServerSocket` (M7). */
  static listen(
    port: number | string,
    options?: ServerSocketOptions,
    backlog?: number,
  ): TCPServerSocket {
    return new TCPServerSocket(port, options, backlog);
  }

  /**
   * Queues a copy of the data; it leaves soon, never inside this call (M73). A string is sent one
   * byte per char. `byteOffset` and `byteLength` count within bytes and are clamped (M68).
   * @returns false when bufferedAmount is now above highWaterMark: wait for `drain` (M70)
   * @throws InvalidStateError unless open, and after halfClose()
   * @throws TypeError for a char above U+00FF, or what is neither string nor bytes
   * @throws QuotaExceededError above maxBufferedAmount; nothing is queued
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * await socket.opened;
   * console.log(socket.send("GET\r\n"), socket.bufferedAmount); // true 5
   * console.log(socket.send(new TextEncoder().encode("grüß dich"))); // true
   * console.log(socket.send(new ArrayBuffer(100_000))); // false
   * socket.close(); // all of it is sent
   * ```
   */
  send(
    data: string | ArrayBuffer | ArrayBufferView,
    byteOffset?: number,
    byteLength?: number,
  ): boolean {
    const seat = seatOf(this);
    const { driver } = seat;
    const payload = payloadOf(data, byteOffset, byteLength, driver.core.memory);
    const result = queuePayload(seat, payload);
    driver.schedule();
    if (result === 1) return true;
    if (result < 0) refuse(seat, result, payload, this.readyState);
    promisesOf(this).noteFull();
    return false;
  }

  /**
   * TLS from here on (STARTTLS): what was sent before leaves in plaintext, what is sent after only
   * inside TLS, and `ssl` is true at once (M102-M104). Resolves when the peer is verified; rejects,
   * before `error` and `close`, when that fails: there is no way back to plaintext.
   *
   * Whatever was received and not delivered by now may be an attacker's: then the upgrade fails with
   * SecurityError. In `messages`, say `stopAfter` for the message that allows the upgrade. Without
   * framing, what came in the same `data` as that message is yours to check.
   * @param options TLS options instead of the constructor's, or the listener's
   * @throws InvalidStateError unless open, and after halfClose()
   * @throws NotSupportedError for an accepted socket without a certificate
   * @throws TypeError for a TLS option that is not allowed
   *
   * @example
   * ```js
   * const options = { framing: framing.lines() };
   * const server = new TCPServerSocket(0, { ...options, tls: { cert, key } });
   * server.onconnect = ({ socket }) => {
   *   socket.send("220 go ahead");
   *   socket.upgradeToSecure();
   *   socket.ondata = ({ data }) => socket.send(data.toUpperCase());
   * };
   * const client = new TCPSocket("localhost", server.localPort, { ...options, tls: { ca } });
   * client.ondata = ({ data }) => {
   *   console.log(client.ssl, data); // false 220 go ahead
   *   client.ondata = ({ data }) => {
   *     console.log(client.ssl, data); // true A SECRET
   *     client.close();
   *     server.close();
   *   };
   *   client.upgradeToSecure();
   *   client.send("a secret");
   * };
   * ```
   */
  upgradeToSecure(options?: TlsOptions): Promise<void> {
    const promises = promisesOf(this);
    const seat = seatOf(this);
    if (upgrade(seat, options)) promises.noteUpgrade();
    seat.driver.schedule();
    return promises.secured;
  }

  /**
   * Iterates over the data; it is the socket's only consumer, and holds it back between items. Ends
   * at `close`, throws TCPSocketError; leaving the loop closes the socket.
   * @throws InvalidStateError if there is a consumer already
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * await socket.opened;
   * socket.send("a line\r\n");
   * for await (const text of socket) {
   *   console.log(text.trimEnd()); // a line
   *   break; // closes the socket
   * }
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: the type depends on binaryType
  [Symbol.asyncIterator](): AsyncIterableIterator<any> {
    const iterator = consume(this).iterate(() => this.close());
    const promises = knownPromises(this);
    if (promises?.over === true) iterator.end(promises.reason);
    return iterator;
  }
}

// Functions, as private methods would mark each socket.

function watch(socket: TCPSocket, signal: AbortSignal): () => void {
  return whenAborted(signal, () => {
    promisesOf(socket).reason ??= reasonOf(signal);
    socket.closeImmediately();
  });
}

/** Hands a record to the one it is for. */
function receive(socket: TCPSocket, kind: number, a: number, b: number): void {
  if (kind === EVENT_DATA || kind === EVENT_MESSAGES) deliver(socket, kind, a, b);
  else if (kind === EVENT_OPEN) opened(socket);
  else if (kind === EVENT_SECURE) knownPromises(socket)?.noteSecure();
  else if (kind === EVENT_DRAIN) drained(socket);
  else if (kind === EVENT_END) tell(socket, "end");
  else if (kind === EVENT_ERROR) failed(socket, a, b);
  else if (kind === EVENT_CLOSE) closed(socket);
}

function opened(socket: TCPSocket): void {
  noteOpened(socket);
  tell(socket, "open");
}

function drained(socket: TCPSocket): void {
  knownPromises(socket)?.noteDrain();
  tell(socket, "drain");
}

function failed(socket: TCPSocket, reason: number, low: number): void {
  const { framing, driver, cause } = seatOf(socket);
  const detail = (driver.core.words[driver.record + 4] as number) * 2 ** 32 + low;
  const why = framingFailure(framing, reason, detail) ?? plaintextFailure(reason, detail);
  const error = new TCPSocketError(reason, why ?? cause);
  promisesOf(socket).noteError(error);
  fire(socket, errorEvent(error));
}

function closed(socket: TCPSocket): void {
  noteTotals(socket);
  unwatch(socket);
  endData(socket, promisesOf(socket).noteClose());
  tell(socket, "close");
}

function tell(socket: TCPSocket, type: string): void {
  if (listens(socket, type)) fire(socket, new TCPSocketEvent(type, UNDEFINED));
}

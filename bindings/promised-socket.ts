/**
 * The promises of a socket: `opened`, `closed`, `drained`. What they do is in socket-promises.ts; here is
 * only that they are made when first asked for, as most sockets need none.
 */
import { SocketCommands } from "./socket-commands.ts";
import { consume } from "./socket-data.ts";
import { SocketPromises } from "./socket-promises.ts";

/** What there is of a socket's promises. */
export let knownPromises: (socket: PromisedSocket) => SocketPromises | undefined;
/** A socket's promises, made now if there were none. */
export let promisesOf: (socket: PromisedSocket) => SocketPromises;
/** The socket has opened. */
export let noteOpened: (socket: PromisedSocket) => void;

/** A socket one can wait for. */
export class PromisedSocket extends SocketCommands {
  #wasOpened = false;
  #promises: SocketPromises | undefined;

  static {
    knownPromises = (socket) => socket.#promises;
    promisesOf = (socket) => {
      socket.#promises ??= new SocketPromises(socket.#wasOpened);
      return socket.#promises;
    };
    noteOpened = (socket) => {
      socket.#wasOpened = true;
      socket.#promises?.noteOpen();
    };
  }

  /**
   * Resolves at `open`; rejects with TCPSocketError, or AbortError if closed before. Taken before
   * `open`, it makes the socket pull-style: data waits for a listener or an iterator.
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * await socket.opened;
   * console.log(socket.readyState, socket.remotePort === port); // open true
   * socket.close();
   * ```
   */
  get opened(): Promise<void> {
    if (this.readyState === "connecting") consume(this).pull();
    return promisesOf(this).opened;
  }

  /**
   * Resolves at a clean `close`; rejects with what ended the connection otherwise.
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", 1); // nobody listens there
   * await socket.closed.catch(({ name }) => console.log(name)); // ConnectionRefusedError
   * ```
   */
  get closed(): Promise<void> {
    return promisesOf(this).closed;
  }

  /**
   * Resolves when send() may go on: at once, or at the next `drain` if one returned false.
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * await socket.opened;
   * for (let i = 0; i < 4; i++) {
   *   if (!socket.send(new Uint8Array(50_000))) await socket.drained;
   * }
   * console.log(socket.bytesSent, socket.bufferedAmount); // 200000 0
   * socket.close();
   * ```
   */
  get drained(): Promise<void> {
    return promisesOf(this).drained;
  }

  /** Closes, and waits for `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.closed.catch(() => {});
  }
}

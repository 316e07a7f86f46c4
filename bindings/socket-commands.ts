/**
 * What an app asks of a socket besides sending: to hold back, to end, to stay or not to stay alive.
 *
 * Each is one command of the core, which decides what it means in which state.
 */
import { channelOf } from "./socket-attributes.ts";
import { SocketData } from "./socket-data.ts";

/** The commands of a socket that need nothing but the socket. */
export class SocketCommands extends SocketData {
  /** Of which none was taken back. The core counts them too, but forgets when the socket is gone (M95). */
  #suspends = 0;

  /**
   * Stops `data` until as many resume() as suspend() (M95). Allowed in every state.
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * socket.onopen = () => socket.send("slowly");
   * socket.ondata = ({ data }) => {
   *   console.log(data); // slowly
   *   socket.suspend(); // what follows waits, with the peer
   *   setTimeout(() => socket.resume(), 10);
   * };
   * setTimeout(() => socket.close(), 100);
   * ```
   */
  suspend(): void {
    command(this, "suspend");
    this.#suspends++;
  }

  /**
   * Takes one suspend() back.
   * @throws InvalidStateError without a suspend() to take back (M96)
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * for (let i = 0; i < 2; i++) socket.suspend();
   * for (let i = 0; i < 2; i++) socket.resume();
   * try {
   *   socket.resume();
   * } catch ({ name }) {
   *   console.log(name); // InvalidStateError
   * }
   * socket.close();
   * ```
   */
  resume(): void {
    if (this.#suspends === 0) {
      throw new DOMException("resume() without suspend()", "InvalidStateError");
    }
    this.#suspends--;
    command(this, "resume");
  }

  /**
   * Sends what is buffered, then closes; no more `data`. Fires `close` (M87).
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * socket.onopen = () => {
   *   socket.send("last words");
   *   socket.close();
   *   console.log(socket.readyState, socket.bufferedAmount); // closing 10
   * };
   * socket.onclose = () => console.log(socket.readyState, socket.bytesSent); // closed 10
   * ```
   */
  close(): void {
    command(this, "close");
  }

  /** Drops what is buffered and closes. Fires `close` (M89). */
  closeImmediately(): void {
    command(this, "abort");
  }

  /**
   * Ends our direction behind what is buffered; receiving goes on. While connecting: once open.
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port);
   * socket.onopen = () => {
   *   socket.send("that is all");
   *   socket.halfClose();
   * };
   * socket.ondata = ({ data }) => console.log(data); // that is all
   * socket.onclose = () => console.log("the peer has ended, too"); // the peer has ended, too
   * ```
   */
  halfClose(): void {
    command(this, "half_close");
  }

  /** Keeps the program alive while connected; so it is at first. */
  ref(): this {
    channelOf(this).transport?.ref();
    return this;
  }

  /** Lets the program end while connected. */
  unref(): this {
    channelOf(this).transport?.unref();
    return this;
  }
}

function command(
  socket: SocketCommands,
  name: "suspend" | "resume" | "close" | "abort" | "half_close",
): number {
  const { driver, handle } = channelOf(socket);
  const result = driver.core.call[name](handle);
  driver.schedule();
  return result;
}

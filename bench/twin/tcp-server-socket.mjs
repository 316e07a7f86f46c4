/**
 * The twin of TCPServerSocket.
 */
import { createServer } from "node:net";
import { ConnectEvent, defineAttributes, ErrorEvent } from "./events.mjs";
import { TCPSocket } from "./tcp-socket.mjs";

export class TCPServerSocket extends EventTarget {
  #server;
  /** Resolves when the port is bound. */
  listening;

  static {
    defineAttributes(TCPServerSocket, ["connect", "error"]);
  }

  constructor(port, { host, ...options } = {}) {
    super();
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (accepted) => {
      const socket = new TCPSocket(undefined, 0, { ...options, accepted });
      this.dispatchEvent(new ConnectEvent(socket));
    });
    this.#server.on("error", (error) => this.dispatchEvent(new ErrorEvent(error)));
    this.listening = new Promise((resolve) => {
      this.#server.listen({ port, host }, resolve);
    });
  }

  get localPort() {
    return this.#server.address()?.port ?? 0;
  }

  close() {
    this.#server.close();
  }
}

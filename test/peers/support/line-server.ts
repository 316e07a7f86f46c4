/**
 * A server of sansock that speaks lines, the peer of programs that are clients: a line comes back as
 * it came, and after "bye" the connection is closed. `talk` may answer otherwise.
 */
import {
  type Engine,
  type Framing,
  framing,
  type ServerSocketOptions,
  TCPServerSocket,
  type TCPSocket,
} from "../../../bindings/index.ts";
import { Witness } from "./witness.ts";

export interface LineServerOptions extends ServerSocketOptions {
  /** Said to each client at once. */
  readonly greeting?: readonly string[];
  /** True for what it has answered itself. */
  readonly talk?: (socket: TCPSocket, line: string) => boolean;
}

export class LineServer {
  /** Of all sockets accepted so far. */
  readonly witnesses: Witness[] = [];
  /** What the clients said, all of them together. */
  readonly lines: string[] = [];
  /** What TLS was like when each of the lines came. */
  readonly infos: TCPSocket["tlsInfo"][] = [];
  readonly #server: TCPServerSocket;

  private constructor({ greeting = [], talk, ...options }: LineServerOptions) {
    this.#server = new TCPServerSocket(0, options);
    this.#server.onconnect = ({ socket: accepted }) => {
      const socket = accepted as TCPSocket;
      const also = (bytes: Uint8Array): void => {
        const line = Buffer.from(bytes).toString("latin1");
        this.lines.push(line);
        this.infos.push(socket.tlsInfo);
        if (talk?.(socket, line)) return;
        socket.send(bytes);
        if (line === "bye") socket.close();
      };
      this.witnesses.push(new Witness(socket, { also }));
      for (const line of greeting) socket.send(line);
    };
  }

  /** Lines end with CR LF, unless another framing is given. */
  static async listen(
    host: string,
    engine: Engine,
    options: LineServerOptions,
  ): Promise<LineServer> {
    const lines: Framing = framing.lines();
    const server = new LineServer({ framing: lines, ...options, host, engine });
    await server.#server.listening;
    return server;
  }

  get port(): number {
    return this.#server.localPort;
  }

  /** Takes no more clients; resolves when those there are have gone. */
  async end(): Promise<void> {
    this.#server.close();
    await Promise.all(this.witnesses.map(({ closed }) => closed));
  }
}

/**
 * A TCP relay of sansock at both sides, as an app would write one: what comes from either end goes
 * to the other, no faster than that one takes it, and each direction ends by itself. When one side
 * is gone, what the other still sends is read and dropped, so that it can come to its end.
 */
import {
  type Engine,
  type SocketOptions,
  TCPServerSocket,
  TCPSocket,
} from "../../../bindings/index.ts";
import { Witness } from "./witness.ts";

/** Less than most reads bring, so that one side has to wait for the other again and again. */
export const HIGH_WATER_BYTES = 16_384;

/** One relayed connection. */
export interface Joint {
  /** The accepted socket. */
  readonly front: Witness;
  /** The socket connected to the real server. */
  readonly back: Witness;
}

export class Relay {
  /** In the order in which they were accepted. */
  readonly joints: Joint[] = [];
  /** The most that was ever waiting to be sent on one socket. */
  bufferedPeak = 0;
  /** How often send() said false. */
  waits = 0;
  readonly #server: TCPServerSocket;

  /** Listens on all interfaces; relays to `host` and `port`. */
  constructor(engine: Engine, host: string, port: number) {
    const options: SocketOptions = {
      engine,
      allowHalfOpen: true,
      binaryType: "uint8array",
      highWaterMark: HIGH_WATER_BYTES,
    };
    this.#server = new TCPServerSocket(0, options);
    this.#server.onconnect = ({ socket }) => {
      const front = socket as TCPSocket;
      const back = new TCPSocket(host, port, options);
      this.joints.push({ front: this.#pass(front, back), back: this.#pass(back, front) });
    };
  }

  get port(): number {
    return this.#server.localPort;
  }

  /** Takes no more connections; resolves when those there are have ended. */
  async end(): Promise<void> {
    this.#server.close();
    await Promise.all(this.joints.flatMap(({ front, back }) => [front.closed, back.closed]));
  }

  /** Takes what `from` brings, its end included, to `to`. */
  #pass(from: TCPSocket, to: TCPSocket): Witness {
    let suspended = false;
    const suspend = (): void => {
      suspended = true;
      from.suspend();
    };
    const resume = (): void => {
      if (suspended) from.resume();
      suspended = false;
    };
    if (to.readyState === "connecting") suspend();
    to.addEventListener("open", resume);
    to.addEventListener("drain", resume);
    to.addEventListener("close", () => {
      resume();
      from.halfClose();
    });
    from.addEventListener("end", () => to.halfClose());
    return new Witness(from, {
      also: (bytes) => {
        if (to.readyState !== "open") return;
        if (!to.send(bytes)) {
          this.waits += 1;
          suspend();
        }
        this.bufferedPeak = Math.max(this.bufferedPeak, to.bufferedAmount);
      },
    });
  }
}

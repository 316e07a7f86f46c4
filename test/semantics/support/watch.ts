/**
 * A record of everything a socket fires, from the turn it was made in (M16), with what the socket
 * said of itself inside the handler.
 */
import type { ReadyState, TCPSocket, TCPSocketErrorEvent } from "../../../bindings/index.ts";
import { joined, latin1 } from "./bytes.ts";
import { Signal } from "./signal.ts";

type Type = "open" | "drain" | "data" | "end" | "error" | "close";
const TYPES: readonly Type[] = ["open", "drain", "data", "end", "error", "close"];

/** One event. */
interface Seen {
  readonly type: string;
  readonly event: Event;
  readonly readyState: ReadyState;
  readonly bufferedAmount: number;
}

export class Watch {
  readonly seen: Seen[] = [];
  readonly socket: TCPSocket;
  /** The `data` of each `data` event, as it came. */
  readonly chunks: (string | ArrayBuffer | Uint8Array)[] = [];
  readonly #signal = new Signal();
  #received = 0;

  constructor(socket: TCPSocket) {
    this.socket = socket;
    for (const type of TYPES) socket.addEventListener(type, (event) => this.#saw(type, event));
  }

  /** Types in order; a run of `data` is one entry, since chunking is nobody's promise (M41). */
  get types(): string {
    const types = this.seen.map(({ type }) => type);
    return types.filter((type, i) => type !== "data" || types[i - 1] !== "data").join(" ");
  }

  get states(): ReadyState[] {
    return this.seen.map(({ readyState }) => readyState);
  }

  /** Everything received. */
  get bytes(): Uint8Array {
    return joined(...this.chunks.map(bytesOf));
  }

  /** How many bytes were received. */
  get received(): number {
    return this.#received;
  }

  all(type: Type): Seen[] {
    return this.seen.filter((seen) => seen.type === type);
  }

  get error(): TCPSocketErrorEvent | undefined {
    return this.all("error")[0]?.event as TCPSocketErrorEvent | undefined;
  }

  /** Waits for the `count`-th event of the type since the start, and returns it. */
  async fired(type: Type, count = 1): Promise<Seen> {
    await this.until(`${type} (${count})`, () => this.all(type).length >= count);
    return this.all(type)[count - 1] as Seen;
  }

  /** Waits for that many bytes in all. */
  async got(count: number): Promise<Uint8Array> {
    await this.until(`${count} bytes`, () => this.#received >= count);
    return this.bytes;
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return this.#signal.until(what, () => `${this.types}, ${this.#received} bytes`, condition);
  }

  #saw(type: Type, event: Event): void {
    const { readyState, bufferedAmount } = this.socket;
    this.seen.push({ type, event, readyState, bufferedAmount });
    if (type === "data") {
      const { data } = event as Event & { data: string | ArrayBuffer | Uint8Array };
      this.chunks.push(data);
      this.#received += typeof data === "string" ? data.length : data.byteLength;
    }
    this.#signal.changed();
  }
}

function bytesOf(chunk: string | ArrayBuffer | Uint8Array): Uint8Array {
  if (typeof chunk === "string") return latin1(chunk);
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
}

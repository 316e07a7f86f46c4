/**
 * The framings of one random schedule. Either there are none; or each end changes its own at will
 * among those that leave no byte out, so that what is received, put together, is what was sent
 * whatever both ends do; or all have the same from the start, and only set that again.
 */
import { type Framing, framing, type TCPSocket } from "../../bindings/index.ts";

const maxMessageBytes = 20_000;

const SHARED: readonly Framing[] = [
  framing.lengthPrefixed({ bytes: 2, maxMessageBytes }),
  framing.lengthPrefixed({ bytes: 3, endian: "little", adjust: -3, maxMessageBytes }),
  framing.varint({ maxMessageBytes }),
  framing.netstring({ maxMessageBytes }),
  framing.slip({ maxMessageBytes }),
  framing.cobs({ maxMessageBytes }),
  framing.contentLength({ maxMessageBytes }),
];

/** Picks a number below the limit. */
type Below = (limit: number) => number;

export class ScheduleFraming {
  readonly #below: Below;
  readonly #changes: boolean;
  readonly #shared: Framing | null;
  readonly #current = new WeakMap<TCPSocket, Framing | null>();

  constructor(below: Below) {
    this.#below = below;
    const kind = below(100);
    this.#changes = kind >= 35 && kind < 75;
    this.#shared = kind < 75 ? null : (SHARED[below(SHARED.length)] as Framing);
  }

  /** Whether messages may be refused, or empty. */
  get frames(): boolean {
    return this.#changes || this.#shared !== null;
  }

  /** What a socket or server begins with. */
  first(): Framing | null {
    return this.#changes ? this.#any() : this.#shared;
  }

  /** What this socket began with. */
  begins(socket: TCPSocket, how: Framing | null): void {
    this.#current.set(socket, how);
  }

  /** setFraming(). */
  change(socket: TCPSocket): void {
    const how = this.first();
    socket.setFraming(how);
    this.#current.set(socket, how);
  }

  /** How many bytes to send where `length` were wanted, if they begin with `value` and step by 7. */
  fit(socket: TCPSocket, value: number, length: number): number {
    const how = this.#current.get(socket);
    if (how?.type === "fixed") return how.size;
    if (how?.type !== "delimited") return length;
    const wanted = how.delimiters[0]?.charCodeAt(0) as number;
    let count = 1;
    for (let byte = value & 0xff; byte !== wanted; byte = (byte + 7) & 0xff) count++;
    return count;
  }

  #any(): Framing | null {
    const kind = this.#below(3);
    if (kind === 0) return null;
    if (kind === 1) return framing.fixed(1 + this.#below(this.#below(2) === 0 ? 10 : 3000));
    const delimiter = String.fromCharCode(this.#below(256));
    return framing.delimited(delimiter, { keep: true, maxMessageBytes });
  }
}

/** The option, if there is one. */
export function withFraming(framing: Framing | null): { framing?: Framing } {
  return framing === null ? {} : { framing };
}

/**
 * The plain other end, for tests: bytes in, bytes out, and no rule in between.
 *
 * Stands on the same endpoints as the engine, so faults apply to it too. It copies what it is
 * given and queues it, so it can be written to at any time. Must never outlive its connection's
 * `onclose`. Invariant: one write is under way at most.
 */
import type { Addresses, Sink } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import { encodeLatin1 } from "./latin1.ts";

/** A bare connection of a loopback network. Handlers may be set at any time. */
export class RawPeer {
  /** The connection is up. Clients only. */
  onopen: (() => void) | null = null;
  /** Bytes came; they are the handler's to keep. Without a handler they are dropped. */
  onbytes: ((bytes: Uint8Array) => void) | null = null;
  /** The other side's FIN, behind all its bytes. */
  onend: (() => void) | null = null;
  /** The connection failed, for one of the core's reasons; `cause` is an Error with a `code`. */
  onfail: ((reason: number, cause: unknown) => void) | null = null;
  /** It is gone. Comes once and last. */
  onclose: (() => void) | null = null;
  /** @internal */
  readonly sink: Sink = {
    connected: () => this.onopen?.(),
    secured: () => {},
    received: () => {}, // a raw peer has no window
    receivedCopy: (bytes) => this.onbytes?.(bytes.slice()),
    takesWhole: true,
    receivedWhole: (bytes) => this.onbytes?.(bytes),
    sent: (count) => this.#sent(count),
    ended: () => this.onend?.(),
    failed: (reason, cause) => this.onfail?.(reason, cause),
    closed: () => this.onclose?.(),
  };
  #endpoint!: Endpoint;
  #queue: Uint8Array[] = [];
  #unsent = 0;
  #ending = false;

  /** @internal Called once, before anything else. */
  bind(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
  }

  /** Addresses and ports; empty and 0 while connecting. */
  get addresses(): Addresses {
    return this.#endpoint.addresses;
  }

  /** Sends bytes, or text of one byte per char; they are copied. Nothing follows `end`. */
  write(data: Uint8Array | string): void {
    const bytes = new Uint8Array(data.length);
    if (typeof data === "string") encodeLatin1(data, bytes);
    else bytes.set(data);
    if (bytes.length === 0 || this.#ending) return;
    this.#queue.push(bytes);
    this.#flush();
  }

  /** FIN behind everything written. Bytes may still come. */
  end(): void {
    this.#ending = true;
    this.#flush();
  }

  /** Breaks the connection: the other side fails with REASON_RESET. `onclose` follows. */
  reset(): void {
    this.#endpoint.abort();
  }

  /** Lets go: a FIN, or a reset if bytes are unread. `onclose` follows. */
  destroy(): void {
    this.#endpoint.destroy();
  }

  /** Reads nothing until `resume`; what the other side sends piles up. */
  pause(): void {
    this.#endpoint.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#endpoint.resume();
  }

  #sent(count: number): void {
    this.#unsent -= count;
    this.#flush();
  }

  #flush(): void {
    if (this.#unsent > 0) return;
    const views = this.#queue;
    this.#queue = [];
    this.#unsent = views.reduce((total, view) => total + view.length, 0);
    if (this.#unsent > 0) this.#endpoint.write(views, this.#unsent);
    else if (this.#ending) this.#endpoint.finish();
  }
}

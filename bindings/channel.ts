/**
 * One socket's seat at the driver: its handle, its transport, and what the host reports of it.
 *
 * Reports go into the core and the driver then turns the engine; a report that comes while the
 * engine is being turned (a TLS read can re-enter) is copied and waits its turn. Holds no rule.
 */
import { E_BUSY, REASON_NETWORK } from "../assembly/abi.ts";
import type { Context, Listener, Sink, Timer, Transport } from "../host/transport.ts";
import type { Driver } from "./driver.ts";
import { ExternalQueue } from "./external-queue.ts";

/**
 * Hands a record to the socket object it is for: an event of abi.ts with its first two words; for
 * EVENT_CONNECT the new socket's handle. One function for all objects of a class.
 */
export type Receiver<Owner> = (owner: Owner, kind: number, a: number, b: number) => void;

/** One socket at the driver. */
export class Channel implements Sink {
  readonly driver: Driver;
  readonly handle: number;
  #owner: unknown;
  #receiver: Receiver<never> | undefined;
  readonly #context: Context | undefined;
  transport: Transport | undefined;
  /** In place of a transport, for servers. */
  listener: Listener | undefined;
  timer: Timer | undefined;
  /** The host's error behind a failure. */
  cause: unknown;
  #external: ExternalQueue | undefined;
  /** A read the core had no room for. */
  #aside: Uint8Array | undefined;
  #over = false;
  #waiting: (() => void)[] | undefined;
  /** Of the write in flight, what lies in engine memory. */
  #pooled = 0;

  constructor(driver: Driver, handle: number) {
    this.driver = driver;
    this.handle = handle;
    this.#context = driver.context?.();
  }

  /** From now on records go to `owner`; to nobody without a receiver. */
  own<Owner>(owner: Owner, receiver: Receiver<Owner> | undefined): void {
    this.#owner = owner;
    this.#receiver = receiver as Receiver<never> | undefined;
  }

  /** Tells the owner, in the asynchronous context the socket was made in. */
  tell(kind: number, a: number, b: number): void {
    const receiver = this.#receiver as Receiver<unknown> | undefined;
    if (receiver === undefined) return;
    if (this.#context === undefined) receiver(this.#owner, kind, a, b);
    else this.#context.runInAsyncScope(receiver, undefined, this.#owner, kind, a, b);
  }

  /** Room for an external payload, to be filled and added if the core takes it. */
  externalRoom(length: number): Uint8Array {
    this.#external ??= new ExternalQueue();
    return this.#external.room(length);
  }

  /** The core has taken the payload for which room was made. */
  addExternal(length: number): void {
    this.#external?.add(length);
  }

  /** Obeys ORDER_FLUSH: one write of all that `gather` lists. */
  flush(): void {
    const { core, host } = this.driver;
    const entries = core.call.gather(this.handle);
    if (entries <= 0) return;
    const views: Uint8Array[] = [];
    this.#pooled = 0;
    for (let at = core.iov; at < core.iov + entries * 2; at += 2) {
      const address = core.words[at] as number;
      const length = core.words[at + 1] as number;
      if (address === 0) {
        this.#external?.take(length, views);
      } else {
        views.push(host.view(core.memory, address, length));
        this.#pooled += length;
      }
    }
    this.transport?.write(views, core.length);
  }

  /** Obeys ORDER_DESTROY. */
  destroy(): void {
    this.transport?.destroy();
    this.listener?.close();
  }

  /** Resolves when the handle is dead and the transport gone. */
  get released(): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#waiting ??= [];
    return new Promise((resolve) => this.#waiting?.push(resolve));
  }

  /** The handle is dead: nothing refers to this channel any more. */
  release(): void {
    this.#over = true;
    for (const resolve of this.#waiting ?? []) resolve();
    this.timer?.cancel();
    this.timer = undefined;
    this.#external?.clear();
    this.#aside = undefined;
  }

  connected(): void {
    if (this.#late(() => this.connected())) return;
    this.driver.core.call.connected(this.handle);
    this.driver.turn();
  }

  received(count: number): void {
    const { core } = this.driver;
    if (this.driver.busy) {
      this.receivedCopy(core.window.subarray(0, count));
      return;
    }
    if (core.call.received(this.handle, count) === E_BUSY) {
      this.#keep(core.window.subarray(0, count));
    }
    this.driver.turn();
  }

  receivedCopy(bytes: Uint8Array): void {
    const { core } = this.driver;
    if (this.driver.busy) {
      const copy = bytes.slice();
      this.driver.later(() => this.receivedCopy(copy));
      return;
    }
    const { window } = core;
    for (let at = 0; at < bytes.length; at += window.length) {
      const part = bytes.length <= window.length ? bytes : bytes.subarray(at, at + window.length);
      if (this.#aside !== undefined) {
        this.#keep(part); // behind what already had no room
        continue;
      }
      window.set(part);
      this.driver.copied += part.length;
      if (core.call.received(this.handle, part.length) === E_BUSY) this.#keep(part);
      this.driver.turn();
    }
  }

  /** Obeys ORDER_RESUME: first what the core had no room for, then what comes. */
  resume(): void {
    this.transport?.resume();
    const kept = this.#aside;
    if (kept === undefined) return;
    this.#aside = undefined;
    this.driver.later(() => this.receivedCopy(kept));
  }

  sent(count: number): void {
    if (this.driver.busy && this.#late(() => this.sent(count))) return;
    const pooled = Math.min(count, this.#pooled);
    this.#pooled -= pooled;
    if (count > pooled) this.#external?.drop(count - pooled);
    this.driver.core.call.sent(this.handle, count);
    this.driver.turn();
  }

  ended(): void {
    if (this.#late(() => this.ended())) return;
    this.driver.core.call.ended(this.handle);
    this.driver.turn();
  }

  failed(reason: number, cause: unknown): void {
    if (this.#late(() => this.failed(reason, cause))) return;
    this.cause ??= cause;
    this.driver.core.call.failed(this.handle, reason);
    this.driver.turn();
  }

  closed(): void {
    if (this.#late(() => this.closed())) return;
    this.driver.core.call.closed(this.handle);
    this.driver.turn();
  }

  /** The host could not obey an order. */
  disobeyed(cause: unknown): void {
    this.failed(REASON_NETWORK, cause);
    this.closed();
  }

  /** The core has no room now; it pauses the transport, so this is what one read brings. */
  #keep(bytes: Uint8Array): void {
    const kept = this.#aside ?? new Uint8Array(0);
    this.#aside = new Uint8Array(kept.length + bytes.length);
    this.#aside.set(kept);
    this.#aside.set(bytes, kept.length);
  }

  /** During a turn a report waits until it is over. */
  #late(report: () => void): boolean {
    if (this.driver.busy) this.driver.later(report);
    return this.driver.busy;
  }
}

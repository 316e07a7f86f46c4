/**
 * One socket at the driver: its handle, its transport, and what the host reports of it (bytes: intake.ts).
 *
 * Reports go into the core and the driver then turns the engine; a report that comes while the engine
 * is being turned waits its turn. Holds no rule. Idle sockets are many: what they need not have is made
 * when needed (`Extras`), and helpers are functions, for a class with private methods marks each of its
 * objects.
 */
import { REASON_NETWORK } from "../assembly/reasons.ts";
import type { Context, Sink, Timer, TlsTarget } from "../host/transport.ts";
import type { Driver } from "./driver.ts";
import { Intake, isPresent, late } from "./intake.ts";

/**
 * Hands a record to the socket object it is for: an event of abi.ts with its first two words; for
 * EVENT_CONNECT the new socket's handle. One function for all objects of a class.
 */
export type Receiver<Owner> = (owner: Owner, kind: number, a: number, b: number) => void;

/** One socket at the driver. */
export class Channel extends Intake implements Sink {
  #owner: unknown;
  #receiver: Receiver<never> | undefined;
  #context: Context | undefined;
  #pooled = 0; // of the write in flight, what lies in engine memory

  /** @param parent whose context it shares */
  constructor(driver: Driver, handle: number, parent?: Channel) {
    super(driver, handle);
    this.#context = parent === undefined ? driver.context?.() : parent.#context;
  }

  /** The one timer the core has asked for. */
  get timer(): Timer | undefined {
    return this.extras?.timer;
  }

  set timer(timer: Timer | undefined) {
    if (timer !== this.extras?.timer) this.extend().timer = timer;
  }

  /** The host's error behind a failure. */
  get cause(): unknown {
    return this.extras?.cause;
  }

  set cause(cause: unknown) {
    this.extend().cause = cause;
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
    if (this.#context === undefined || isPresent(this)) receiver(this.#owner, kind, a, b);
    else this.#context.runInAsyncScope(receiver, undefined, this.#owner, kind, a, b);
  }

  override inContext(call: () => void): void {
    if (this.#context === undefined) call();
    else this.#context.runInAsyncScope(call, undefined);
  }

  /** Room for an external payload, to be filled and added if the core takes it. */
  externalRoom(length: number): Uint8Array {
    return this.extend().room(length);
  }

  /** The core has taken the payload for which room was made. */
  addExternal(length: number): void {
    this.extras?.external?.add(length);
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
        this.extras?.external?.take(length, views);
      } else {
        views.push(host.view(core.memory, address, length));
        this.#pooled += length;
      }
    }
    this.transport?.write(views, core.length);
  }

  /**
   * Obeys ORDER_SECURE, behind what the host has reported: where something of that is still to be fed, the
   * upgrade fails by it, and no handshake begins.
   */
  secure(): void {
    this.driver.later(() => {
      const { tls } = this;
      if (tls === undefined || this.extras?.feeding === true) return;
      try {
        this.inContext(() => this.transport?.secure(tls));
      } catch (error) {
        this.disobeyed(error);
      }
    });
  }

  /** Our side of a TLS handshake, for sockets that have one. */
  get tls(): TlsTarget | undefined {
    return undefined;
  }

  /** Obeys ORDER_DESTROY. */
  destroy(): void {
    this.transport?.destroy();
  }

  /** Resolves when the handle is dead and the transport gone. */
  get released(): Promise<void> {
    if (this.driver.find(this.handle) !== this) return Promise.resolve();
    const extras = this.extend();
    extras.waiting ??= [];
    return new Promise((resolve) => extras.waiting?.push(resolve));
  }

  /**
   * The handle is dead: the driver refers to this channel no more. An app may, and node to the connection, much
   * longer than either needs: neither is to keep the other's memory.
   */
  release(): void {
    this.extras?.release();
    this.extras = undefined;
    this.#owner = undefined;
    this.#receiver = undefined;
    this.#context = undefined;
    this.transport = undefined;
  }

  connected(): void {
    if (late(this.driver, () => this.connected())) return;
    this.driver.core.call.connected(this.handle);
    this.driver.turn();
  }

  secured(): void {
    if (late(this.driver, () => this.secured())) return;
    this.driver.core.call.secured(this.handle);
    this.driver.turn();
  }

  sent(count: number): void {
    if (this.driver.busy && late(this.driver, () => this.sent(count))) return;
    const pooled = Math.min(count, this.#pooled);
    this.#pooled -= pooled;
    if (count > pooled) this.extras?.external?.drop(count - pooled);
    this.driver.core.call.sent(this.handle, count);
    this.driver.turn();
  }

  failed(reason: number, cause: unknown): void {
    if (late(this.driver, () => this.failed(reason, cause))) return;
    this.cause ??= cause;
    this.driver.core.call.failed(this.handle, reason);
    this.driver.turn();
  }

  closed(): void {
    if (late(this.driver, () => this.closed())) return;
    this.driver.core.call.closed(this.handle);
    this.driver.turn();
  }

  /** The host could not obey an order. */
  disobeyed(cause: unknown): void {
    this.failed(REASON_NETWORK, cause);
    this.closed();
  }
}

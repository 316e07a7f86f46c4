/**
 * One transport as the tap sees it: what passes is told to the socket's model, and bytes are held
 * against what the other end wrote.
 */
import type { Sink, Transport } from "../../host/transport.ts";
import {
  type Cause,
  type ModelListener,
  type ModelSocket,
  must,
  nameOf,
  type Offer,
} from "./model.ts";
import { End, type Wire } from "./wires.ts";

/** What a line asks of its schedule. */
export interface LineOwner {
  /** Engine memory may run out. */
  readonly scarce: boolean;
  readonly now: number;
  /** Whether the app is inside one of its calls, where nothing may be written (M73). */
  readonly calling: string;
  /** Its connection, once there is one. */
  wireOf(line: Line): Wire | undefined;
  /** Whether the network breaks connections by itself. */
  readonly breaks: boolean;
  readonly log: ((entry: object) => void) | undefined;
  /** The transport has told the engine something, which is a turn. */
  turned: boolean;
}

/** The engine's sink, in front of which the model hears. */
export class Line implements Sink {
  readonly name: string;
  readonly model: ModelSocket;
  readonly end: End;
  readonly accepted: boolean;
  /** What it brings to a TLS handshake. */
  offer: Offer | null = null;
  sink: Sink | undefined;
  transport: Transport | undefined;
  window: Uint8Array | undefined;
  paused: boolean;
  destroyed = false;
  gone = false;
  /** It was gone and told when the engine had last said all: its slot is surely free. */
  freed = false;
  /** Whose connection it is, if it was accepted. */
  listener: ModelListener | undefined;
  #clientPort = 0;
  readonly #owner: LineOwner;

  constructor(owner: LineOwner, name: string, model: ModelSocket, accepted: boolean) {
    this.#owner = owner;
    this.name = name;
    this.model = model;
    model.scarce = owner.scarce;
    this.accepted = accepted;
    this.end = new End(accepted ? "server" : "client");
    this.paused = accepted;
  }

  /** What both ends of a connection have in common; 0 while there is none. */
  get clientPort(): number {
    const addresses = this.transport?.addresses;
    this.#clientPort ||= (this.accepted ? addresses?.remotePort : addresses?.localPort) ?? 0;
    return this.#clientPort;
  }

  /** TLS begins at this end. */
  begin(): void {
    this.end.begin(this.offer as Offer);
  }

  connected(): void {
    const wire = this.#owner.wireOf(this); // takes note of its port
    if (this.end.offer !== null) wire?.verified(this.end, this.transport?.tlsInfo);
    this.#owner.turned = true;
    this.#owner.log?.({ op: "connected", s: this.name });
    this.model.connected(this.#owner.now);
    this.listener?.connected(this.model);
    this.sink?.connected();
  }

  secured(): void {
    this.#owner.wireOf(this)?.verified(this.end, this.transport?.tlsInfo);
    this.#owner.turned = true;
    this.#owner.log?.({ op: "secured", s: this.name });
    this.model.secured(this.#owner.now);
    this.sink?.secured();
  }

  received(count: number): void {
    this.#arrived((this.window as Uint8Array).subarray(0, count));
    this.sink?.received(count);
  }

  receivedCopy(bytes: Uint8Array): void {
    this.#arrived(bytes);
    this.sink?.receivedCopy(bytes);
  }

  get takesWhole(): boolean {
    return this.sink?.takesWhole === true;
  }

  receivedWhole(bytes: Uint8Array): void {
    this.#arrived(bytes);
    this.sink?.receivedWhole(bytes);
  }

  sent(count: number): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "sent", s: this.name, n: count });
    this.model.sent(count, this.#owner.now);
    this.sink?.sent(count);
  }

  ended(): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "ended", s: this.name });
    must(!this.paused, "ended: reported while paused");
    this.model.ended();
    this.sink?.ended();
  }

  failed(reason: number, cause: unknown): void {
    const name = nameOf(cause as Cause, this.model.awaitsTls);
    this.#owner.wireOf(this)?.failed(this.end, name, this.#owner.breaks);
    this.end.over = true;
    this.#owner.turned = true;
    this.#owner.log?.({ op: "failed", s: this.name, code: (cause as Cause).code });
    this.model.failed(name);
    this.sink?.failed(reason, cause);
  }

  closed(): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "closed", s: this.name });
    must(!this.gone, "closed: twice");
    this.gone = true;
    this.end.over = true;
    this.listener?.left(this.model);
    this.sink?.closed();
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    const { calling } = this.#owner;
    must(calling === "", `write: inside ${calling}()`);
    for (const view of views) {
      this.#owner.log?.({ tx: this.name, bytes: view.slice() });
      this.end.written.add(view, this.end.offer !== null);
    }
    this.model.write(views, bytes);
  }

  pause(): void {
    this.paused = true;
    this.transport?.pause();
  }

  resume(): void {
    this.paused = false;
    this.transport?.resume();
  }

  secure(): void {
    if (this.destroyed) return; // as every other method then
    this.#owner.log?.({ order: "secure", s: this.name });
    must(this.paused, "secure: not paused");
    this.model.secure();
    this.begin();
  }

  finish(): void {
    this.#owner.log?.({ order: "finish", s: this.name });
    this.model.finish();
    this.end.over = true;
  }

  destroy(): void {
    this.#owner.log?.({ order: "destroy", s: this.name });
    if (!this.destroyed) this.model.destroy(this.#owner.now);
    this.destroyed = true;
    this.end.over = true;
  }

  #arrived(bytes: Uint8Array): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "received", s: this.name, bytes: bytes.slice() });
    must(!this.paused, "received: reported while paused");
    const { end } = this;
    this.#owner
      .wireOf(this)
      ?.other(end)
      ?.written.arrived(bytes, end.offer !== null);
    this.model.received(bytes, this.#owner.now);
  }
}

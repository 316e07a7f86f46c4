/**
 * One transport as the tap sees it: what passes is told to the socket's model, and bytes are held
 * against what the other end wrote.
 */
import type { Sink, Transport } from "../../host/transport.ts";
import { Written } from "./bytes.ts";
import type { Handshake } from "./handshake.ts";
import { type ModelListener, type ModelSocket, must } from "./model.ts";

/** The error a socket must show for what a host reports (M60). */
const NAMES: Record<string, string> = {
  ECONNREFUSED: "ConnectionRefusedError",
  ENOTFOUND: "DomainNotFoundError",
  ECONNRESET: "NetworkError",
};

/** What a line asks of its schedule. */
export interface LineOwner {
  /** Engine memory may run out. */
  readonly scarce: boolean;
  readonly now: number;
  /** Whether the app is inside one of its calls, where nothing may be written (M73). */
  readonly calling: string;
  /** Everything written towards this end of the connection whose client has that port. */
  writtenTo(line: Line): Written | undefined;
  /** Decides how a handshake goes. */
  shake(line: Line): Handshake;
  later(milliseconds: number, task: () => void): void;
  readonly log: ((entry: object) => void) | undefined;
  /** The transport has told the engine something, which is a turn. */
  turned: boolean;
}

/** The engine's sink, in front of which the model hears. */
export class Line implements Sink {
  readonly name: string;
  readonly model: ModelSocket;
  readonly written = new Written();
  readonly accepted: boolean;
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
  #shaking = false;
  #failed = false;
  readonly #owner: LineOwner;

  constructor(owner: LineOwner, name: string, model: ModelSocket, accepted: boolean) {
    this.#owner = owner;
    this.name = name;
    this.model = model;
    model.scarce = owner.scarce;
    this.accepted = accepted;
    this.paused = accepted;
  }

  /** What both ends of a connection have in common; 0 while there is none. */
  get clientPort(): number {
    const addresses = this.transport?.addresses;
    this.#clientPort ||= (this.accepted ? addresses?.remotePort : addresses?.localPort) ?? 0;
    return this.#clientPort;
  }

  connected(): void {
    this.#owner.writtenTo(this); // takes note of its port
    if (this.model.ssl) this.handshake();
    else this.#tellConnected();
  }

  #tellConnected(): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "connected", s: this.name });
    this.model.connected(this.#owner.now);
    this.listener?.connected(this.model);
    this.sink?.connected();
  }

  /** The network knows no TLS. */
  secured(): void {}

  received(count: number): void {
    this.#arrived((this.window as Uint8Array).subarray(0, count));
    this.sink?.received(count);
  }

  receivedCopy(bytes: Uint8Array): void {
    this.#arrived(bytes);
    this.sink?.receivedCopy(bytes);
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
    const { code } = cause as { code: string };
    this.#fail(reason, NAMES[code] ?? "NetworkError", cause);
  }

  #fail(reason: number, name: string, cause: unknown): void {
    this.#owner.turned = true;
    this.#failed = true;
    this.#owner.log?.({ op: "failed", s: this.name, code: (cause as { code: string }).code });
    this.model.failed(name);
    this.sink?.failed(reason, cause);
  }

  closed(): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "closed", s: this.name });
    must(!this.gone, "closed: twice");
    this.gone = true;
    this.listener?.gone(this.model);
    this.sink?.closed();
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    const { calling } = this.#owner;
    must(calling === "", `write: inside ${calling}()`);
    for (const view of views) {
      this.#owner.log?.({ tx: this.name, bytes: view.slice() });
      this.written.add(view);
    }
    this.model.write(views, bytes);
  }

  pause(): void {
    this.paused = true;
    this.transport?.pause();
  }

  resume(): void {
    this.paused = false;
    if (!this.#shaking) this.transport?.resume();
  }

  secure(): void {
    if (this.destroyed) return; // as every other method then
    this.#owner.log?.({ order: "secure", s: this.name });
    must(this.paused, "secure: not paused");
    this.model.secure();
    this.handshake();
  }

  /** Begins TLS: until it is verified or has failed nothing else is told. */
  handshake(): void {
    const how = this.#owner.shake(this);
    const upgrade = this.model.awaitsTls;
    this.#shaking = true;
    this.transport?.pause();
    this.#owner.later(how.delay, () => {
      const { failure } = how;
      if (this.gone || this.destroyed || this.#failed) return;
      this.#shaking = false;
      this.#owner.turned = true;
      if (failure !== null) this.#fail(...failure, { code: failure[1] });
      else if (upgrade) this.#tellSecured();
      else this.#tellConnected();
      if (!this.paused) this.transport?.resume();
    });
  }

  #tellSecured(): void {
    this.#owner.log?.({ op: "secured", s: this.name });
    this.model.secured(this.#owner.now);
    this.sink?.secured();
  }

  finish(): void {
    this.#owner.log?.({ order: "finish", s: this.name });
    this.model.finish();
  }

  destroy(): void {
    this.#owner.log?.({ order: "destroy", s: this.name });
    if (!this.destroyed) this.model.destroy(this.#owner.now);
    this.destroyed = true;
  }

  #arrived(bytes: Uint8Array): void {
    this.#owner.turned = true;
    this.#owner.log?.({ op: "received", s: this.name, bytes: bytes.slice() });
    must(!this.paused, "received: reported while paused");
    this.#owner.writtenTo(this)?.arrived(bytes);
    this.model.received(bytes, this.#owner.now);
  }
}

/**
 * A raw peer's end of a connection: a host's transport without engine. It queues what it is told to send,
 * and may begin TLS in between; then it must be verified, or fail, as the model says.
 */
import type { LoopbackTransport } from "../../host/loopback/loopback-transport.ts";
import type { Sink } from "../../host/transport.ts";
import type { Connections } from "./connections.ts";
import { type Cause, nameOf } from "./model.ts";
import type { Secrets } from "./security.ts";
import type { End } from "./wires.ts";

/** They are read one at a time. */
const WINDOW = new Uint8Array(65_536);

export class FarEnd implements Sink {
  static readonly window = WINDOW;
  /** A client's connection is up. */
  onopen: (() => void) | null = null;
  transport!: LoopbackTransport;
  readonly end: End;
  readonly #connections: Connections;
  #queue: Uint8Array[] = [];
  /** To be begun when all that is written is sent. */
  #security: Secrets | null = null;
  /** Written since, to go inside. */
  #inside: Uint8Array[] = [];
  #unsent = 0;
  #ending = false;
  #reads = true;
  /** Nothing more comes. */
  #ended = false;

  constructor(connections: Connections, end: End) {
    this.#connections = connections;
    this.end = end;
  }

  /** Of the connection's client; 0 while there is none. */
  get port(): number {
    const { localPort, remotePort } = this.transport.addresses;
    return this.end.role === "client" ? localPort : remotePort;
  }

  /** TLS has begun, or will: what is written from now on goes inside. */
  get secure(): boolean {
    return this.end.offer !== null || this.#security !== null;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#ending) return;
    this.end.written.add(bytes, this.secure);
    (this.#security === null ? this.#queue : this.#inside).push(bytes);
    this.#flush();
  }

  /** TLS, behind all that is written. */
  begin(secrets: Secrets): void {
    if (this.secure || this.#ending || this.#ended || this.end.over) return;
    this.#security = secrets;
    this.#flush();
  }

  finish(): void {
    this.#ending = true;
    this.end.over = true;
    this.#flush();
  }

  destroy(): void {
    this.end.over = true;
    this.transport.destroy();
  }

  reset(): void {
    this.end.over = true;
    this.transport.endpoint.abort();
  }

  pause(): void {
    this.#reads = false;
    this.transport.pause();
  }

  resume(): void {
    this.#reads = true;
    if (!this.end.shaking) this.transport.resume();
  }

  connected(): void {
    this.onopen?.();
  }

  secured(): void {
    this.#connections.at(this.port).verified(this.end, this.transport.tlsInfo);
    if (this.#reads) this.transport.resume();
  }

  received(count: number): void {
    this.receivedCopy(WINDOW.subarray(0, count));
  }

  get takesWhole(): boolean {
    return false;
  }

  receivedWhole(bytes: Uint8Array): void {
    this.receivedCopy(bytes);
  }

  receivedCopy(bytes: Uint8Array): void {
    const other = this.#connections.at(this.port).other(this.end);
    other?.written.arrived(bytes, this.end.offer !== null);
  }

  sent(count: number): void {
    this.#unsent -= count;
    this.#flush();
  }

  ended(): void {
    this.#ended = true;
  }

  failed(_reason: number, cause: unknown): void {
    const name = nameOf(cause as Cause, false);
    const { port } = this;
    if (port !== 0) this.#connections.at(port).failed(this.end, name, this.#connections.breaks);
  }

  closed(): void {
    this.end.over = true;
  }

  #flush(): void {
    if (this.#unsent > 0) return;
    const views = this.#queue;
    this.#queue = [];
    this.#unsent = views.reduce((total, view) => total + view.length, 0);
    if (this.#unsent > 0) this.transport.write(views, this.#unsent);
    else if (this.#security !== null) this.#secure();
    else if (this.#ending) this.transport.finish();
  }

  #secure(): void {
    const { offer, target } = this.#security as Secrets;
    this.#security = null;
    this.end.begin(offer);
    this.transport.pause(); // what comes from here on is for TLS
    this.transport.secure(target);
    this.#queue = this.#inside;
    this.#flush();
  }
}

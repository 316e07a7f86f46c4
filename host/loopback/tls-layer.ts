/**
 * TLS between an endpoint and a sink: a stand-in without cryptography, with real records on the line.
 *
 *     driver ──► TlsLayer(TlsOutlet) ──► Endpoint          Endpoint ──► TlsLayer(TlsInlet) ──► Sink
 *
 * Owns how it begins and how it goes: the handshake, alerts, and which end is one. A FIN without
 * close_notify counts as an end, as with node:tls. Must never tell the sink inside a call, nor a byte
 * before the peer is verified. Invariant: of `failed` and the end, one is told at most, `closed` once.
 */
import type { Sink, TlsInfo, TlsTarget, Transport } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Network } from "./network.ts";
import { ClientHandshake } from "./tls-client.ts";
import { alerted, CLOSE_NOTIFY, failure, injected, type TlsFailure } from "./tls-failure.ts";
import { TlsInlet, type TlsInletOwner } from "./tls-inlet.ts";
import {
  decodeMessage,
  encodeMessage,
  type Handshake,
  type HandshakeOwner,
  type Message,
} from "./tls-messages.ts";
import { TlsOutlet } from "./tls-outlet.ts";
import { ServerHandshake } from "./tls-server.ts";

/** What the sink is told when the peer is verified. */
export type Tells = "connected" | "secured";

/** Whom it tells, where, and whether it may yet. */
export interface Told {
  readonly sink: Sink;
  readonly window: Uint8Array | undefined;
  readonly paused: boolean;
}

/** What a driver may ask of it. */
type Front = Omit<Transport, "addresses" | "secure" | "ref" | "unref">;

export class TlsLayer implements Front, Sink, TlsInletOwner, HandshakeOwner {
  readonly #network: Network;
  readonly #endpoint: Endpoint;
  readonly #sink: Sink;
  readonly #tells: Tells;
  readonly #handshake: Handshake;
  readonly #inlet: TlsInlet;
  readonly #outlet: TlsOutlet;
  #paused: boolean;
  verified = false;
  /** Verified, and the sink has yet to be told. */
  #agreed = false;
  #ended = false;
  #destroyed = false;
  #failure: TlsFailure | undefined;
  /** Nothing more is told but `closed`. */
  #over = false;

  constructor(network: Network, endpoint: Endpoint, tls: TlsTarget, tells: Tells, to: Told) {
    this.#network = network;
    this.#endpoint = endpoint;
    this.#sink = to.sink;
    this.#paused = to.paused;
    this.#tells = tells;
    this.#inlet = new TlsInlet(network, this, to.sink, to.window);
    this.#outlet = new TlsOutlet(network, endpoint, to.sink, () => this.#finished());
    this.#handshake = new (tls.server ? ServerHandshake : ClientHandshake)(tls, this);
  }

  /** The connection is up: the handshake begins. */
  connected(): void {
    this.#handshake.begin();
    this.#endpoint.resume();
  }

  get tlsInfo(): TlsInfo | null {
    return this.#over || this.#destroyed ? null : this.#handshake.info;
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    if (!this.#destroyed) this.#outlet.write(views, bytes);
  }

  pause(): void {
    this.#paused = true;
    if (this.verified) this.#endpoint.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.verified || this.#destroyed) return;
    if (this.#inlet.waits) this.#network.post(0, () => this.#run());
    else this.#endpoint.resume();
  }

  finish(): void {
    if (!this.#destroyed) this.#outlet.finish();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (this.#outlet.finishing) this.#endpoint.pause();
    else this.#letGo();
  }

  /** Ends it before or in the handshake; the sink is told in an event of its own. */
  refuse(failure: TlsFailure): void {
    if (this.#over || this.#destroyed) return;
    this.#over = true;
    const upgrading = this.#tells === "secured" && !this.verified;
    this.#failure = upgrading ? injected(failure) : failure;
    this.#outlet.fail(failure.alert);
    this.#network.post(0, () => this.#tellFailure());
  }

  secured(): void {}

  received(): void {} // its endpoint has no window

  receivedCopy(bytes: Uint8Array): void {
    if (this.#over || this.#ended) return;
    this.#inlet.push(bytes);
    this.#run();
  }

  get takesWhole(): boolean {
    return false;
  }

  receivedWhole(bytes: Uint8Array): void {
    this.receivedCopy(bytes);
  }

  sent(count: number): void {
    if (!this.#over) this.#outlet.sent(count);
  }

  ended(): void {
    if (this.verified) this.#end();
    else this.refuse(failure("ECONNRESET"));
  }

  failed(reason: number, cause: unknown): void {
    if (this.#over || this.#destroyed) return;
    this.#over = true;
    this.#outlet.close();
    this.#sink.failed(reason, cause);
  }

  closed(): void {
    this.#tellFailure();
    this.#outlet.close();
    this.#sink.closed();
  }

  /** Does with what has come what may be done with it, then lets more come. */
  #run(): void {
    this.#inlet.run();
    if (this.verified && !this.#paused) this.#endpoint.resume();
  }

  get reads(): boolean {
    if (this.#over || this.#ended || this.#destroyed) return false;
    return !this.verified || !this.#paused;
  }

  say(message: Message): void {
    this.#outlet.say(encodeMessage(message));
  }

  agreed(): void {
    this.#agreed = true;
  }

  hear(payload: Uint8Array): void {
    const { faults, random } = this.#network;
    const message = decodeMessage(payload);
    if (faults.tlsAlertAt === message.step || random.chance(faults.tlsAlert)) {
      throw failure("ERR_SSL_HANDSHAKE_FAILURE");
    }
    this.#handshake.hear(message);
  }

  heard(): void {
    if (!this.#agreed || this.verified) return;
    this.verified = true;
    if (this.#paused) this.#endpoint.pause();
    this.#outlet.open();
    this.#sink[this.#tells]();
  }

  #end(): void {
    if (this.#over || this.#ended || this.#destroyed) return;
    this.#ended = true;
    this.#sink.ended();
  }

  #tellFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined || this.#destroyed) return;
    this.#sink.failed(failure.reason, failure.told);
    this.destroy();
  }

  alert(description: number): void {
    if (description === CLOSE_NOTIFY) this.ended();
    else this.refuse(alerted(description));
  }

  #finished(): void {
    if (this.#destroyed) this.#letGo();
  }

  #letGo(): void {
    this.#outlet.close();
    this.#endpoint.destroy();
  }
}

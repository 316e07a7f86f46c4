/**
 * What the driver holds of a loopback connection: an endpoint, and the TLS in front of it if there is any.
 *
 * Owns the change from the one to the other. Must never let plaintext through once TLS has begun.
 */
import type { Addresses, Sink, TlsInfo, TlsTarget, Transport } from "../transport.ts";
import { Endpoint } from "./endpoint.ts";
import type { Network } from "./network.ts";
import { type Tells, TlsLayer } from "./tls-layer.ts";

export class LoopbackTransport implements Transport {
  readonly endpoint: Endpoint;
  readonly #network: Network;
  readonly #window: Uint8Array | undefined;
  #sink: Sink | null;
  #tls: TlsLayer | undefined;
  #destroyed = false;

  /** A client has a sink and a window; an accepted end is paused and is given a sink later. */
  constructor(network: Network, endpoint: Endpoint, sink: Sink | null = null, window?: Uint8Array) {
    this.#network = network;
    this.endpoint = endpoint;
    this.#sink = sink;
    this.#window = window;
  }

  /** A client, not connected yet; its handshake begins when it is. */
  static client(
    network: Network,
    sink: Sink,
    window?: Uint8Array,
    tls?: TlsTarget,
  ): LoopbackTransport {
    const endpoint = new Endpoint(network, tls === undefined ? sink : null, window);
    const transport = new LoopbackTransport(network, endpoint, sink, window);
    if (tls !== undefined) transport.#layer(tls, "connected", sink, false);
    return transport;
  }

  /** Whom an accepted end tells from now on. With `tls` its handshake begins. */
  attach(sink: Sink, tls: TlsTarget | undefined): void {
    this.#sink = sink;
    if (tls === undefined) this.endpoint.attach(sink);
    else this.#layer(tls, "connected", sink, this.endpoint.paused).connected();
  }

  secure(tls: TlsTarget): void {
    const sink = this.#sink;
    if (sink === null || this.#destroyed || this.#tls !== undefined) return;
    this.#layer(tls, "secured", sink, this.endpoint.paused).connected();
  }

  get tlsInfo(): TlsInfo | null {
    return this.#tls?.tlsInfo ?? null;
  }

  get addresses(): Addresses {
    return this.endpoint.addresses;
  }

  write(views: readonly Uint8Array[], bytes: number): void {
    this.#front.write(views, bytes);
  }

  pause(): void {
    this.#front.pause();
  }

  resume(): void {
    this.#front.resume();
  }

  finish(): void {
    this.#front.finish();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#front.destroy();
  }

  /** Nothing to do: the network keeps a program alive exactly while it has something to do. */
  ref(): void {}

  /** Nothing to do, as for `ref`. */
  unref(): void {}

  get #front(): TlsLayer | Endpoint {
    return this.#tls ?? this.endpoint;
  }

  #layer(tls: TlsTarget, tells: Tells, sink: Sink, paused: boolean): TlsLayer {
    const told = { sink, window: tls.window ?? this.#window, paused };
    const layer = new TlsLayer(this.#network, this.endpoint, tls, tells, told);
    this.#tls = layer;
    this.endpoint.attach(layer);
    return layer;
  }
}

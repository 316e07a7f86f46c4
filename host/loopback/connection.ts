/**
 * A living connection of a loopback network, for tests that want to do something to it.
 *
 * Joins two endpoints, counts what they carry and cuts the line where faults say so. Must never
 * hold a byte. Invariant: it is among the network's connections while either end lives.
 */
import type { Addresses } from "../transport.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Meter } from "./inlet.ts";
import type { Network } from "./network.ts";

/** One end of a connection. */
export type Side = "client" | "server";

/** A connection between two ends of a loopback network. */
export class Connection implements Meter {
  /** Addresses and ports as the client sees them. */
  readonly addresses: Addresses;
  readonly #network: Network;
  readonly #client: Endpoint;
  readonly #server: Endpoint;
  #carried = 0;

  /** @internal */
  constructor(network: Network, client: Endpoint, server: Endpoint, addresses: Addresses) {
    this.#network = network;
    this.#client = client;
    this.#server = server;
    this.addresses = addresses;
  }

  /** Bytes delivered so far, both ways together. */
  get carried(): number {
    return this.#carried;
  }

  /** Breaks it: the ends, or the one named, fail with REASON_RESET; bytes under way are lost. */
  reset(side?: Side): void {
    if (side !== "server") this.#client.reset();
    if (side !== "client") this.#server.reset();
  }

  /** That side sees its peer end, behind the bytes under way; nothing reaches it afterwards. */
  end(side: Side): void {
    if (side === "client") this.#client.endInput();
    else this.#server.endInput();
  }

  /** @internal */
  join(over: () => void): void {
    const { localAddress, localPort, remoteAddress, remotePort } = this.addresses;
    const back: Addresses = {
      localAddress: remoteAddress,
      localPort: remotePort,
      remoteAddress: localAddress,
      remotePort: localPort,
    };
    const released = (): void => {
      if (this.#client.over && this.#server.over) over();
    };
    this.#client.join(this.#server, this.addresses, this, released);
    this.#server.join(this.#client, back, this, released);
  }

  /** @internal */
  get allowance(): number {
    return this.#network.faults.resetAfterBytes - this.#carried;
  }

  /** @internal */
  count(bytes: number): void {
    const { faults, random } = this.#network;
    this.#carried += bytes;
    if (this.#carried >= faults.resetAfterBytes || random.chance(faults.reset)) this.reset();
  }
}

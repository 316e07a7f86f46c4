/**
 * How a client comes to its connection: look-up, knock, queue.
 *
 * Owns the way until both ends are joined, nothing after. Must never go on once the client is
 * over. Invariant: a client is either joined to a queued peer and told so, or failed.
 */
import { REASON_NETWORK, REASON_NOT_FOUND, REASON_REFUSED } from "../../assembly/reasons.ts";
import type { ConnectTarget } from "../transport.ts";
import { Connection } from "./connection.ts";
import { Endpoint } from "./endpoint.ts";
import type { LoopbackListener } from "./listener.ts";
import { isAddress, resolve } from "./names.ts";
import type { Network } from "./network.ts";
import type { Ports } from "./ports.ts";
import { systemError } from "./system-error.ts";

/** A kernel whose queue is full says nothing; the client's asks again. */
const RETRY_MILLISECONDS = 1000;

export class Dial {
  readonly #network: Network;
  readonly #ports: Ports<LoopbackListener>;
  readonly #connections: Set<Connection>;
  readonly #target: ConnectTarget;
  readonly #client: Endpoint;

  constructor(
    network: Network,
    ports: Ports<LoopbackListener>,
    connections: Set<Connection>,
    target: ConnectTarget,
    client: Endpoint,
  ) {
    this.#network = network;
    this.#ports = ports;
    this.#connections = connections;
    this.#target = target;
    this.#client = client;
  }

  /** What comes of it comes in events. */
  start(): void {
    const delay = isAddress(this.#target.host) ? 0 : this.#network.faults.lookupDelay;
    this.#network.post(delay, () => this.#lookUp());
  }

  #lookUp(): void {
    if (this.#client.over) return;
    const { host, family, localAddress } = this.#target;
    const address = resolve(this.#network, host, family);
    if (localAddress !== undefined && !isAddress(localAddress)) {
      this.#client.fail(REASON_NETWORK, systemError("EINVAL", "bind", localAddress));
    } else if (address === null) {
      this.#client.fail(REASON_NOT_FOUND, systemError("ENOTFOUND", "getaddrinfo", host));
    } else {
      const delay = this.#network.latency() + this.#network.faults.connectDelay;
      this.#network.post(delay, () => this.#knock(address));
    }
  }

  #knock(address: string): void {
    if (this.#client.over) return;
    const { port } = this.#target;
    const listener = this.#ports.at(port);
    const { faults, random } = this.#network;
    if (listener === undefined || random.chance(faults.refuse)) {
      const cause = systemError("ECONNREFUSED", "connect", `${address}:${port}`);
      this.#client.fail(REASON_REFUSED, cause);
    } else if (listener.full) {
      this.#network.post(RETRY_MILLISECONDS, () => this.#knock(address));
    } else {
      this.#join(address, listener);
    }
  }

  #join(address: string, listener: LoopbackListener): void {
    const { port, localAddress, localPort } = this.#target;
    const server = new Endpoint(this.#network);
    const connection = new Connection(this.#network, this.#client, server, {
      localAddress: localAddress ?? (address.includes(":") ? "::1" : "127.0.0.1"),
      localPort: localPort || this.#ports.ephemeral(),
      remoteAddress: address,
      remotePort: port,
    });
    this.#connections.add(connection);
    connection.join(() => this.#connections.delete(connection));
    listener.enqueue(server);
    this.#client.announce();
    if (connection.allowance <= 0) connection.reset();
  }
}

/** The raw peers of a schedule: one listens from the start, others connect to the engine's servers. */
import type { RawPeer } from "../../host/loopback/index.ts";
import type { Cast } from "./cast.ts";
import { Peer } from "./peer.ts";
import type { Schedule } from "./schedule.ts";

const PEERS_MAX = 7;

export class Peers {
  /** Where they listen. */
  port = 0;
  readonly #schedule: Schedule;
  readonly #cast: Cast;
  readonly #peers: Peer[] = [];

  constructor(schedule: Schedule, cast: Cast) {
    this.#schedule = schedule;
    this.#cast = cast;
  }

  listen(): void {
    this.port = this.#schedule.network.listenRaw(0, (raw) => this.#join(raw, "server")).port;
  }

  /** One of them does something, or another one connects. */
  act(): void {
    const { choices, network } = this.#schedule;
    const peer = this.#peers[choices.below(this.#peers.length + 1)];
    if (peer !== undefined) {
      peer.act();
    } else if (this.#peers.length < PEERS_MAX) {
      const raw = network.connectRaw(this.#cast.anyPort());
      raw.onopen = () => this.#join(raw, "client");
    }
  }

  calm(): void {
    for (const peer of this.#peers) peer.calm();
  }

  end(): void {
    for (const peer of this.#peers) peer.end();
  }

  #join(raw: RawPeer, side: "client" | "server"): void {
    const { remotePort, localPort } = raw.addresses;
    const port = side === "client" ? localPort : remotePort;
    const peer = new Peer(this.#schedule, raw, `p${this.#peers.length}`);
    this.#peers.push(peer);
    const wire = this.#cast.wires.at(port);
    wire[side] = peer.written;
    raw.onbytes = (bytes) => {
      const from = side === "client" ? wire.server : wire.client;
      from?.arrived(bytes);
    };
    peer.find = () => this.#cast.actors.find(({ line }) => line.clientPort === port);
  }
}

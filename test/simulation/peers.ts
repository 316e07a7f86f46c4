/** The raw peers of a schedule: one listens from the start, others connect to the engine's servers. */
import type { LoopbackTransport } from "../../host/loopback/loopback-transport.ts";
import type { Cast } from "./cast.ts";
import { FarEnd } from "./far-end.ts";
import { Peer } from "./peer.ts";
import type { Schedule } from "./schedule.ts";
import { End } from "./wires.ts";

const PEERS_MAX = 7;
const PLAIN = { noDelay: true, keepAlive: false } as const;

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
    const listener = this.#schedule.network.listen(
      { ...PLAIN, port: 0 },
      {
        listening: () => {},
        accepted: (transport) => this.#accept(transport as LoopbackTransport),
        failed: () => {},
        closed: () => {},
      },
    );
    this.port = listener.localPort;
  }

  /** One of them does something, or another one connects. */
  act(): void {
    const { choices } = this.#schedule;
    const peer = this.#peers[choices.below(this.#peers.length + 1)];
    if (peer !== undefined) peer.act();
    else if (this.#peers.length < PEERS_MAX) this.#connect();
  }

  /** Whose end it is, if it is a peer's. */
  at(end: End | undefined): Peer | undefined {
    return this.#peers.find(({ far }) => far.end === end);
  }

  calm(): void {
    for (const peer of this.#peers) peer.calm();
  }

  end(): void {
    for (const peer of this.#peers) peer.end();
  }

  #connect(): void {
    const { network } = this.#schedule;
    const { port, rules } = this.#cast.anyServer();
    const far = new FarEnd(this.#cast.connections, new End("client"));
    const target = { ...PLAIN, host: "127.0.0.1", port, family: 0 } as const;
    far.transport = network.connect(target, FarEnd.window, far) as LoopbackTransport;
    far.onopen = () => {
      const peer = this.#join(far);
      if (this.#fits(rules.secure)) peer.secure();
    };
  }

  #accept(transport: LoopbackTransport): FarEnd {
    const far = new FarEnd(this.#cast.connections, new End("server"));
    far.transport = transport;
    const peer = this.#join(far);
    const fits = this.#fits(peer.find()?.model.ssl === true);
    if (fits)
      this.#schedule.network.defer(() => peer.secure()); // it is attached by then
    else transport.resume();
    return far;
  }

  /** Whether it begins TLS: mostly if the other end does. */
  #fits(secure: boolean): boolean {
    const { choices, calm } = this.#schedule;
    return secure ? calm || choices.chance(90) : !calm && choices.chance(2);
  }

  #join(far: FarEnd): Peer {
    const { port } = far;
    const peer = new Peer(this.#schedule, far, `p${this.#peers.length}`);
    this.#peers.push(peer);
    this.#cast.connections.at(port)[far.end.role] = far.end;
    peer.find = () => this.#cast.actors.find(({ line }) => line.clientPort === port);
    return peer;
  }
}

/**
 * All connections of a schedule: the engine's ends, the peers' ends, which belong together, and what the
 * network does to them on its own.
 */
import type { Line } from "./line.ts";
import { must } from "./model.ts";
import type { Schedule } from "./schedule.ts";
import { type End, type Wire, Wires } from "./wires.ts";

export class Connections {
  /** Of the engine. */
  readonly lines: Line[] = [];
  /** Whether the network breaks connections by itself. */
  readonly breaks: boolean;
  readonly #schedule: Schedule;
  readonly #wires: Wires;
  readonly #hopeless = new Set<End>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const { reset, resetAfterBytes, tlsAlert, tlsAlertAt } = schedule.network.faults;
    this.breaks = reset > 0 || resetAfterBytes < Number.POSITIVE_INFINITY;
    this.#wires = new Wires((step) => {
      if (step === tlsAlertAt) return schedule.calm ? "maybe" : "always";
      return tlsAlert > 0 ? "maybe" : "never";
    });
  }

  /** The connection of an end of the engine's; none before it is up. */
  of(line: Line): Wire | undefined {
    const { clientPort, end } = line;
    if (clientPort === 0) return undefined;
    this.#wires.at(clientPort)[end.role] = end;
    return this.at(clientPort);
  }

  /** The connection whose client has that port. */
  at(port: number): Wire {
    const wire = this.#wires.at(port);
    if (wire.client === undefined) this.#findClients();
    return wire;
  }

  /** An end of some connection sees it end, whatever is under way. */
  cut(): void {
    const { choices, network, log } = this.#schedule;
    const { connections } = network;
    if (connections.length === 0) return;
    const connection = choices.of(connections.toReversed());
    const port = connection.addresses.localPort;
    const side = choices.of(["client", "server"] as const);
    log?.({ network: "cuts", port, side });
    this.at(port).cut = true;
    connection.end(side);
  }

  /**
   * Those at whose other side a handshake waits that cannot end, as they know nothing of it, or have taken
   * it for something else. Each is given out once.
   */
  *hopeless(): Generator<End> {
    for (const line of this.lines) {
      const wire = line.end.shaking ? this.of(line) : undefined;
      const other = wire?.other(line.end);
      if (wire === undefined || wire.hopeful || other === undefined) continue;
      if (this.#hopeless.has(other)) continue;
      this.#hopeless.add(other);
      other.over = true;
      yield other;
    }
  }

  /** Nothing is to come any more, and nobody does anything wrong. */
  settled(): void {
    for (const { end, clientPort, name } of this.lines) {
      if (end.shaking && clientPort !== 0) must(false, `${name}: its handshake does not end`);
    }
  }

  /** With TLS a client hears late that it is connected. */
  #findClients(): void {
    for (const { clientPort, end } of this.lines) {
      if (clientPort !== 0) this.#wires.at(clientPort)[end.role] = end;
    }
  }
}

/**
 * Which two ends belong together: each connection by its client's port, with what either end wrote.
 */
import type { Written } from "./bytes.ts";
import type { Line } from "./line.ts";

interface Wire {
  client?: Written;
  server?: Written;
}

export class Wires {
  readonly #wires = new Map<number, Wire>();

  at(port: number): Wire {
    const wire = this.#wires.get(port) ?? {};
    this.#wires.set(port, wire);
    return wire;
  }

  /** What the other end of this line wrote. */
  writtenTo(line: Line): Written | undefined {
    const wire = this.at(line.clientPort);
    if (line.accepted) return wire.client;
    wire.client = line.written;
    return wire.server;
  }
}

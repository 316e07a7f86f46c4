/**
 * Who has which port of a loopback network.
 *
 * The network has one address space: a port is one port, under whatever address it is asked for.
 * Must never call an owner. Invariant: a port has one owner at most.
 */
const EPHEMERAL_FIRST = 49_152;
const EPHEMERAL_COUNT = 65_536 - EPHEMERAL_FIRST;

export class Ports<Owner> {
  readonly #owners = new Map<number, Owner>();
  #drawn = 0;

  at(port: number): Owner | undefined {
    return this.#owners.get(port);
  }

  /** Gives `owner` the port, for 0 any free one; 0 if it is taken. */
  bind(port: number, owner: Owner): number {
    const chosen = port === 0 ? this.ephemeral() : port;
    if (this.#owners.has(chosen)) return 0;
    this.#owners.set(chosen, owner);
    return chosen;
  }

  release(port: number, owner: Owner): void {
    if (this.#owners.get(port) === owner) this.#owners.delete(port);
  }

  /** A port nobody listens on, 49152 to 65535. Clients may share them. */
  ephemeral(): number {
    for (let tries = 0; tries < EPHEMERAL_COUNT; tries++) {
      const port = EPHEMERAL_FIRST + (this.#drawn++ % EPHEMERAL_COUNT);
      if (!this.#owners.has(port)) return port;
    }
    return 0;
  }
}

/**
 * Which two ends belong together: each connection by its client's port, with what either end wrote, and
 * how a TLS handshake between them must end.
 */
import type { TlsInfo } from "../../host/transport.ts";
import { Written } from "./bytes.ts";
import { type Alerts, ModelHandshake, must, type Offer, type Role } from "./model.ts";

/** One end of a connection, the engine's or a peer's, as much as the other must know of it. */
export class End {
  readonly role: Role;
  readonly written = new Written();
  /** What it brings to a handshake, once one has begun here. */
  offer: Offer | null = null;
  verified = false;
  /** It has ended, let go or failed: nothing can be expected from it. */
  over = false;
  /** That is because of TLS, so it has told the other why. */
  refused = false;

  constructor(role: Role) {
    this.role = role;
  }

  /** Its handshake is under way. */
  get shaking(): boolean {
    return this.offer !== null && !this.verified && !this.over;
  }

  /** TLS begins here. */
  begin(offer: Offer): void {
    this.offer = offer;
    this.written.begun = true;
  }
}

/** A connection. */
export class Wire {
  client: End | undefined;
  server: End | undefined;
  /** The network has cut it, so its ends may see anything end. */
  cut = false;
  readonly #handshake: ModelHandshake;

  constructor(alerts: Alerts) {
    this.#handshake = new ModelHandshake(alerts);
  }

  other(end: End): End | undefined {
    return end.role === "client" ? this.server : this.client;
  }

  /** The handshake is verified, as that end is told, with what the host says was agreed. */
  verified(end: End, info: TlsInfo | null | undefined): void {
    const handshake = this.#brought();
    handshake.verified(end.role);
    must(!this.#confused, "TLS: verified, though plaintext and TLS were taken for each other");
    must(info?.protocol === handshake.agreed?.version, `TLS: agreed on ${info?.protocol}`);
    must(info?.alpnProtocol === handshake.agreed?.protocol, `TLS: agreed on ${info?.alpnProtocol}`);
    const shown = handshake.shownTo(end.role);
    must((info?.peerCertificate !== null) === shown, `TLS: certificate shown is ${!shown}`);
    end.verified = true;
  }

  /** @param breaks whether the network breaks connections by itself */
  failed(end: End, name: string, breaks: boolean): void {
    const other = this.other(end);
    const { over } = end;
    end.over = true;
    if (end.offer === null || other === undefined) return;
    const names = [...this.#brought().names(end.role)];
    end.refused = !over && names.includes(name);
    if (breaks) names.push("NetworkError");
    const ended = (other.over && !other.refused) || this.cut;
    if (ended || this.#confused) names.push("NetworkError", "NetworkInterruptError");
    if (this.#confused) names.push("SecurityError", "SecurityUnsupportedTLSVersionError");
    must(names.includes(name), `TLS: the ${end.role} fails by ${name}, not by one of ${names}`);
  }

  /** Whether its handshake can end by itself: nothing was lost to somebody who took it for plaintext. */
  get hopeful(): boolean {
    return this.client?.offer != null && this.server?.offer != null && !this.#confused;
  }

  /** Plaintext that TLS will read, or has; records that somebody has taken for plaintext. */
  get #confused(): boolean {
    return [this.client, this.server].some((end) => {
      const other = end && this.other(end);
      return end?.written.swallowed || (other?.offer && end?.written.plain);
    });
  }

  #brought(): ModelHandshake {
    this.#handshake.client = this.client?.offer ?? null;
    this.#handshake.server = this.server?.offer ?? null;
    return this.#handshake;
  }
}

export class Wires {
  readonly #wires = new Map<number, Wire>();
  readonly #alerts: Alerts;

  constructor(alerts: Alerts) {
    this.#alerts = alerts;
  }

  at(port: number): Wire {
    const wire = this.#wires.get(port) ?? new Wire(this.#alerts);
    this.#wires.set(port, wire);
    return wire;
  }
}

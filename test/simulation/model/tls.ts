/**
 * The model of a TLS handshake: how it ends, as it follows from what both sides bring (M55-M57, M60).
 *
 *     step  1 client's hello     judged by the server     versions, protocols
 *           2 server's answer    judged by the client     its certificate
 *           3 client's last      judged by the server     its certificate, if it was asked for one
 *           4 server's last      judged by the client     nothing; TLSv1.3 has no such step
 *
 * The first step that is refused ends it: who judges it fails by a name of its own, the other by the alert
 * it is sent. Only where it may be sending already can that be overtaken by a reset.
 */
import { must } from "./divergence.ts";

export type Role = "client" | "server";

/** What may be wrong with a certificate, if anything is; or there is none. */
export type Certificate =
  | "fine"
  | "none"
  | "expired"
  | "future"
  | "revoked"
  | "stranger"
  | "use"
  | "name";

/** What one side brings. */
export interface Offer {
  readonly certificate: Certificate;
  /** The versions it speaks, oldest first. */
  readonly versions: readonly string[];
  /** ALPN: the protocols it speaks; none: it does not care. */
  readonly protocols: readonly string[];
  /** Of servers: clients must show a certificate. */
  readonly asks: boolean;
  /** The issuer of all certificates but strangers is believed. */
  readonly trusts: boolean;
  /** Whatever is shown is taken. */
  readonly careless: boolean;
}

/** What both have agreed on. */
export interface Agreed {
  readonly version: string;
  readonly protocol: string | null;
}

type Names = readonly [own: string, told: string];

/** How certificates fail who looks at them, and who has shown them: by the alert OpenSSL sends for each. */
const FLAWS: Readonly<Record<Exclude<Certificate, "fine">, Names>> = {
  expired: ["SecurityExpiredCertificateError", "SecurityError"],
  future: ["SecurityExpiredCertificateError", "SecurityBadCertificateError"],
  revoked: ["SecurityRevokedCertificateError", "SecurityError"],
  stranger: ["SecurityUntrustedCertificateIssuerError", "SecurityError"],
  use: ["SecurityInadequateKeyUsageError", "SecurityUnsupportedCertificateTypeError"],
  name: ["SecurityCertificateDomainMismatchError", "SecurityBadCertificateError"],
  none: ["SecurityNoCertificateError", "SecurityNoCertificateError"],
};
const NO_VERSION: Names = [
  "SecurityUnsupportedTLSVersionError",
  "SecurityUnsupportedTLSVersionError",
];
const ALERT: Names = ["SecurityError", "SecurityError"];
/** How a refusal shows when its alert is overtaken. */
const ENDS: readonly string[] = ["NetworkInterruptError", "NetworkError"];

/** The step that ends it, and by which names. */
interface Refusal {
  readonly step: number;
  readonly names: Names;
}

/** Whether the network refuses a step, whatever is in it. */
export type Alerts = (step: number) => "always" | "maybe" | "never";

export class ModelHandshake {
  client: Offer | null = null;
  server: Offer | null = null;
  readonly #alerts: Alerts;
  readonly #verified = new Set<Role>();

  constructor(alerts: Alerts) {
    this.#alerts = alerts;
  }

  /** What is agreed on if nobody refuses it. */
  get agreed(): Agreed | null {
    const { client, server } = this;
    const version = server?.versions.findLast((one) => client?.versions.includes(one));
    if (client === null || server === null || version === undefined) return null;
    const protocol = server.protocols.find((one) => client.protocols.includes(one)) ?? null;
    return { version, protocol };
  }

  /** Whether that side sees a certificate. */
  shownTo(role: Role): boolean {
    if (role === "client") return this.server?.certificate !== "none";
    return this.server?.asks === true && this.client?.certificate !== "none";
  }

  /** A side is told that the other is verified. */
  verified(role: Role): void {
    const other = role === "client" ? "server" : "client";
    must(this[other] !== null, "TLS: verified, but the other side has not begun");
    must(!this.#verified.has(role), "TLS: verified twice");
    const needs = this.#needs(role);
    const may = this.#refusals().some((one) => one === null || one.step > needs);
    must(may, `TLS: the ${role} is verified, but step ${needs} was to be refused`);
    const last = role === this.#lastHearer;
    must(!last || this.#verified.has(other), `TLS: the ${role} is verified first`);
    this.#verified.add(role);
  }

  /** The names by which a side may fail, as long as nothing but TLS goes wrong. */
  names(role: Role): readonly string[] {
    return this.#refusals().flatMap((refusal) => {
      if (refusal === null) return [];
      const own = (refusal.step % 2 === 1) === (role === "server");
      if (own) return [refusal.names[0]];
      const late = refusal.step === this.#steps; // there may be data behind it
      return late ? [refusal.names[1], ...ENDS] : [refusal.names[1]];
    });
  }

  /** Who hears the last word, and is verified behind the other. */
  get #lastHearer(): Role {
    return this.agreed?.version === "TLSv1.3" ? "server" : "client";
  }

  get #steps(): number {
    return this.#lastHearer === "server" ? 3 : 4;
  }

  /** The last step that a side hears. */
  #needs(role: Role): number {
    if (role === "server") return 3;
    return this.agreed?.version === "TLSv1.3" ? 2 : 4;
  }

  /** Each refusal that may be the first; null: there may be none. */
  #refusals(): (Refusal | null)[] {
    const found: (Refusal | null)[] = [];
    for (let step = 1; step <= this.#steps; step++) {
      const alert = this.#alerts(step);
      if (alert !== "never") found.push({ step, names: ALERT });
      if (alert === "always") return found;
      const names = this.#refused(step);
      if (names === null) continue;
      found.push({ step, names });
      return found;
    }
    found.push(null);
    return found;
  }

  #refused(step: number): Names | null {
    const { client, server } = this;
    if (client === null || server === null) return null;
    if (step === 1) {
      if (this.agreed === null) return NO_VERSION;
      const both = client.protocols.length > 0 && server.protocols.length > 0;
      return both && this.agreed.protocol === null ? ALERT : null;
    }
    if (step === 2) return distrust(server.certificate, client);
    return step === 3 && server.asks ? distrust(client.certificate, server) : null;
  }
}

/** Why a certificate is refused by somebody, if it is. */
function distrust(shown: Certificate, by: Offer): Names | null {
  if (by.careless) return null;
  if (shown === "none") return FLAWS.none;
  if (!by.trusts) return FLAWS.stranger;
  return shown === "fine" ? null : FLAWS[shown];
}

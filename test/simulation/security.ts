/**
 * What the two sides of TLS bring along in a schedule: as options for the engine or a host, and as the
 * model knows it. Most of the time it fits.
 */
import type { TlsOptions } from "../../bindings/tls-options.ts";
import { Loopback } from "../../host/loopback/index.ts";
import type { TlsTarget } from "../../host/transport.ts";
import type { Choices } from "./choices.ts";
import type { Certificate, Offer, Role } from "./model.ts";

export interface Secrets {
  readonly offer: Offer;
  /** Undefined: the app says nothing. */
  readonly tls: TlsOptions | undefined;
  /** As hosts take it. The engine's sockets and servers have their own. */
  readonly target: TlsTarget;
}

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
const CLIENT: Offer = {
  certificate: "none",
  versions: VERSIONS,
  protocols: [],
  asks: false,
  trusts: true,
  careless: false,
};
const SERVER: Offer = { ...CLIENT, certificate: "fine" };
const OLD = VERSIONS.slice(0, 1);
const NEW = VERSIONS.slice(1);

const NAMES = "name=localhost,name=127.0.0.1,name=::1";
const CERTIFICATES: Record<Certificate, (role: Role) => string | undefined> = {
  none: () => undefined,
  fine: () => `${NAMES},issuer=test`,
  expired: () => `${NAMES},issuer=test,expired`,
  future: () => `${NAMES},issuer=test,future`,
  revoked: () => `${NAMES},issuer=test,revoked`,
  stranger: (role) => (role === "client" ? NAMES : `${NAMES},issuer=nobody`),
  use: (role) => `${NAMES},issuer=test,usage=${role === "client" ? "server" : "client"}`,
  name: () => "name=elsewhere.test,issuer=test",
};

/** The hosts' own code reads certificates; nothing of a network is used. */
const reader = new Loopback({ virtual: true });

function secrets(role: Role, more: Partial<Offer>, said = true): Secrets {
  const offer = { ...(role === "client" ? CLIENT : SERVER), ...more };
  const cert = CERTIFICATES[offer.certificate](role);
  const { versions, protocols, asks, trusts, careless } = offer;
  const tls: TlsOptions = {
    ...(cert !== undefined && { cert, key: "any" }),
    ...(trusts && { ca: "test" }),
    ...(versions !== VERSIONS && { minVersion: versions[0], maxVersion: versions.at(-1) }),
    ...(protocols.length > 0 && { ALPNProtocols: protocols }),
    ...(asks && { requestCert: true }),
    ...(careless && { rejectUnauthorized: false }),
  } as TlsOptions;
  const target = {
    context: reader.tlsContext(tls),
    server: role === "server",
    host: role === "client" ? "localhost" : "",
  };
  return { offer, tls: said ? tls : undefined, target };
}

const CLIENTS = [
  secrets("client", {}),
  secrets("client", { certificate: "fine" }),
  secrets("client", { trusts: false }, false),
  secrets("client", { trusts: false, careless: true }),
  secrets("client", { versions: OLD, certificate: "fine" }),
  secrets("client", { versions: NEW, certificate: "future" }),
  secrets("client", { protocols: ["a", "b"] }),
  secrets("client", { protocols: ["c"], certificate: "use" }),
];

const SERVERS = [
  secrets("server", {}),
  secrets("server", { versions: OLD }),
  secrets("server", { versions: NEW }),
  secrets("server", { asks: true }),
  secrets("server", { asks: true, versions: OLD, trusts: false }),
  secrets("server", { asks: true, careless: true, protocols: ["b", "a"] }),
  secrets("server", { protocols: ["d", "b"], versions: OLD }),
  ...(["expired", "future", "revoked", "stranger", "use", "name"] as const).map((certificate) =>
    secrets("server", { certificate }),
  ),
];

export function anySecrets(choices: Choices, role: Role): Secrets {
  const all = role === "client" ? CLIENTS : SERVERS;
  return choices.chance(50) ? choices.of(all) : (all[0] as Secrets);
}

/**
 * The certificates of tests, as PEM. They are made while the tests run, so none lies in the
 * repository and none expires; each is made when first asked for, once a process. Everything is
 * issued by one test authority, except where being issued by another is the point.
 *
 *     const { cert, key, ca } = await certificate("server");
 */
import { distrusted, type Issued, issue, revoke, type Wanted } from "./certificates/issue.ts";

/** A certificate (with its chain, if it has one), its key, and the authority to be trusted. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export const HOST = "localhost";
const NAMES = [HOST, "127.0.0.1", "::1"];

/** Kinds that differ in what they say only. Unless said otherwise: a server's, for `NAMES`. */
const KINDS = {
  server: {},
  /** For the name alone: connections by address must fail. */
  nameOnly: { names: [HOST] },
  /** For the addresses alone. */
  addressOnly: { names: ["127.0.0.1", "::1"] },
  wrongName: { names: ["elsewhere.test"] },
  wrongAddress: { names: ["192.0.2.1", "2001:db8::1"] },
  mail: { names: ["mail.test", "*.wild.test"] },
  expired: { from: -3, until: -2 },
  notYetValid: { from: 2, until: 3 },
  clientUsage: { usage: "client" },
  weakDigest: { digest: "SHA-1" },
  revoked: {},
  /** Good in itself: it is for use with `distrustedAuthority`. */
  distrusted: {},
  client: { usage: "client", names: [], subject: "CN=client" },
  expiredClient: { usage: "client", names: [], from: -3, until: -2 },
} as const satisfies Record<string, Wanted>;

/** Kinds that differ in who issued them. */
const CHAINS = {
  selfSigned: () => issue(server),
  /** By an authority that nobody trusts. */
  unknownIssuer: async () => issue({ ...server, issuer: await stranger() }),
  /** The same, and it brings its authority along. */
  unknownChain: async () => chained({ ...server, issuer: await stranger() }),
  unknownClient: async () => issue({ ...server, usage: "client", issuer: await stranger() }),
  /** By an intermediate authority, which it brings along. */
  intermediate: async () => chained({ ...server, issuer: await intermediate(true) }),
  /** The same without it, so the chain is broken. */
  intermediateMissing: async () => issue({ ...server, issuer: await intermediate(true) }),
  /** By one that is no authority, but was issued by one. */
  notAnAuthority: async () => chained({ ...server, issuer: await intermediate(false) }),
  /** By two authorities in a row, of which the first may have none below it. */
  pathTooLong: () => beneath(2, 0),
  /** Further from the authority than OpenSSL goes, which is 100. */
  chainTooLong: () => beneath(101),
};

export type Kind = keyof typeof KINDS | keyof typeof CHAINS;

const server: Wanted = { names: NAMES, usage: "server" };
const authority = once(() => issue({ subject: "CN=test authority", authority: true, from: -9 }));
const stranger = once(() => issue({ subject: "CN=another authority", authority: true }));
const made = new Map<Kind, Promise<Issued>>();

export async function certificate(kind: Kind = "server"): Promise<Certificate> {
  const { cert, key } = await issued(kind);
  return { cert, key, ca: (await authority()).cert };
}

/** A server certificate of the test authority for other names. Not cached. */
export async function certificateFor(...names: string[]): Promise<Certificate> {
  const { cert, key } = await issue({ ...server, names, issuer: await authority() });
  return { cert, key, ca: (await authority()).cert };
}

/** The test authority's revocation list, with `revoked` on it. */
export const revocationList = once(async () => {
  return revoke(await authority(), [await issued("revoked")]);
});

function issued(kind: Kind): Promise<Issued> {
  const known =
    made.get(kind) ?? (kind in CHAINS ? CHAINS[kind as keyof typeof CHAINS]() : plain(kind));
  made.set(kind, known);
  return known;
}

async function plain(kind: Kind): Promise<Issued> {
  return issue({ ...server, ...KINDS[kind as keyof typeof KINDS], issuer: await authority() });
}

async function intermediate(may: boolean): Promise<Issued> {
  return issue({ subject: "CN=between", authority: may, issuer: await authority() });
}

/** With the issuer's certificate behind its own, as servers send them. */
async function chained(wanted: Wanted): Promise<Issued> {
  const own = await issue(wanted);
  return { ...own, cert: own.cert + (wanted.issuer?.cert ?? "") };
}

/** A server's with that many authorities between, and all of their certificates. */
async function beneath(count: number, pathLength?: number): Promise<Issued> {
  let issuer = await authority();
  let chain = "";
  for (let left = count; left > 0; left--) {
    const own = { subject: `CN=${left} above`, authority: true, issuer };
    issuer = await issue(pathLength === undefined ? own : { ...own, pathLength });
    chain = issuer.cert + chain;
  }
  const own = await issue({ ...server, issuer });
  return { ...own, cert: own.cert + chain };
}

/** The test authority, and that it is not to be trusted for servers, as OpenSSL notes it. */
export const distrustedAuthority = once(async () => distrusted(await authority()));

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => (value ??= make());
}

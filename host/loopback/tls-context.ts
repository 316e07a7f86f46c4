/**
 * What a loopback network makes of TLS options with node:tls's names.
 *
 * Owns their reading, once for all connections. Of what has no meaning without cryptography (ciphers,
 * curves, sessions, ...) nothing is looked at. Must never take what it cannot mean: a `pfx` throws.
 */
import { type Certificate, readCertificate, type Trust } from "./tls-certificate.ts";

const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

type Text = string | Uint8Array | readonly (string | Uint8Array)[];

/** The options that mean something here. */
export interface LoopbackTlsOptions {
  readonly ca?: Text;
  readonly cert?: Text;
  readonly key?: Text;
  readonly pfx?: unknown;
  readonly crl?: Text;
  readonly ALPNProtocols?: readonly string[];
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly rejectUnauthorized?: boolean;
  readonly requestCert?: boolean;
  readonly servername?: string;
  readonly checkServerIdentity?: (host: string, certificate: object) => unknown;
  readonly SNICallback?: (name: string, done: NameAnswer) => void;
  readonly ALPNCallback?: (asked: { servername: string; protocols: string[] }) => unknown;
}

/** How an SNICallback answers: with options of TLS, as given to a server; nothing: its own. */
export type NameAnswer = (error: Error | null, options?: object) => void;

export interface LoopbackTlsContext extends Trust {
  readonly certificate: Certificate | undefined;
  /** What may be agreed on, best last. */
  readonly versions: readonly string[];
  readonly protocols: readonly string[];
  readonly rejectUnauthorized: boolean;
  readonly requestCert: boolean;
  readonly options: LoopbackTlsOptions;
}

/** @throws Error if they cannot be used */
export function tlsContext(given: object): LoopbackTlsContext {
  const options: LoopbackTlsOptions = { ...given };
  if (options.pfx !== undefined)
    throw new Error("a loopback network reads no pfx: give cert and key");
  const [certificate, second] = texts(options.cert).map(readCertificate);
  if (second !== undefined) throw new Error("a loopback certificate has no chain: give one cert");
  if (certificate !== undefined && texts(options.key).length === 0) throw new Error("no key");
  return {
    certificate,
    trusted: texts(options.ca).map((ca) => (ca.includes("=") ? subject(ca) : ca)),
    revoked: texts(options.crl),
    versions: versions(options.minVersion, options.maxVersion),
    protocols: options.ALPNProtocols ?? [],
    rejectUnauthorized: options.rejectUnauthorized !== false,
    requestCert: options.requestCert === true,
    options,
  };
}

function subject(description: string): string {
  return readCertificate(description).names[0] as string;
}

function versions(min = "TLSv1.2", max = "TLSv1.3"): readonly string[] {
  const found = VERSIONS.slice(VERSIONS.indexOf(min), VERSIONS.indexOf(max) + 1);
  if (found.length === 0) throw new Error(`minVersion ${min} is above maxVersion ${max}`);
  return found;
}

function texts(given: Text | undefined): string[] {
  const parts = Array.isArray(given) ? given : given === undefined ? [] : [given];
  return parts.map((part) => (typeof part === "string" ? part : new TextDecoder().decode(part)));
}

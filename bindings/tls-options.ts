/**
 * TLS options: names and meanings are node:tls's, what is allowed is in one table.
 *
 * They are checked in form here; whether a certificate can be read and a key fits it, the host knows
 * (`tlsContext`), and it is asked at once: nothing is told only when a handshake fails.
 */
import { onDemand } from "../host/on-demand.ts";
import type { Host, TlsContext } from "../host/transport.ts";
import { bool, checkOptions, integer, type Rule, type Rules, text } from "./option-rules.ts";

/** PEM text or bytes; of several things of a kind, a list. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * Options of TLS, with node:tls's names and meanings. Those of one side only are ignored by the
 * other.
 */
export interface TlsOptions {
  /** Whom to trust instead of the well-known authorities. */
  ca?: Pem;
  /** Our own certificate, with the chain behind it. */
  cert?: Pem;
  /** Its private key. */
  key?: Pem;
  /** Opens an encrypted key or pfx. */
  passphrase?: string;
  /** Certificate and key in one, PKCS #12. */
  pfx?: Uint8Array;
  /** Revoked certificates. */
  crl?: Pem;
  /** Protocols to agree on, best first, such as `["h2", "http/1.1"]`. */
  ALPNProtocols?: readonly string[];
  /** The oldest version to agree on; node's default is TLS 1.2. */
  minVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  /** The newest version to agree on. */
  maxVersion?: "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
  /** Ciphers to agree on, as OpenSSL lists them. */
  ciphers?: string;
  /** Signature algorithms to accept, as OpenSSL lists them. */
  sigalgs?: string;
  /** Curves for the key exchange, separated by colons. */
  ecdhCurve?: string;
  /** Diffie-Hellman parameters, or `"auto"`. */
  dhparam?: string | Uint8Array;
  /** Whether the server's order of ciphers counts. */
  honorCipherOrder?: boolean;
  /**
   * Dangerous when false: who the peer is stays unknown, and anybody on the way can read and change
   * everything. Nothing else turns verification off, NODE_TLS_REJECT_UNAUTHORIZED included.
   */
  rejectUnauthorized?: boolean;
  /** Clients: the name to ask for (SNI) and to verify. Default: the host, if it is a name. */
  servername?: string;
  /**
   * Clients: whether the certificate, though verified, is the right one: return an Error if not. It
   * replaces node:tls's own check of the name; the place to pin a key. With rejectUnauthorized false it
   * is asked too, and is all the verification there is.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the host's own form of a certificate
  checkServerIdentity?: (host: string, certificate: any) => Error | undefined;
  /** Clients: fewest bits of a Diffie-Hellman key. */
  minDHSize?: number;
  /** Servers: ask clients for a certificate; with rejectUnauthorized, insist on a verified one. */
  requestCert?: boolean;
  /** Servers: the context for a name that a client asks for, from node's `createSecureContext`. */
  SNICallback?: (
    name: string,
    // biome-ignore lint/suspicious/noExplicitAny: the host's own contexts
    done: (error: Error | null, context?: any) => void,
  ) => void;
  /** Servers: the protocol to agree on; undefined ends the handshake. */
  ALPNCallback?: (asked: { servername: string; protocols: string[] }) => string | undefined;
  /** Servers: seconds until a session can be resumed no more. */
  sessionTimeout?: number;
  /** Servers: 48 bytes, shared by those that resume each other's sessions. */
  ticketKeys?: Uint8Array;
}

function isPart(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || value instanceof Uint8Array;
}

function isProtocol(value: unknown): boolean {
  return typeof value === "string" && /^[\0-\xff]{1,255}$/.test(value);
}

const rules: Rules = onDemand(() => {
  const pem: Rule = {
    allowed: "PEM text, bytes, or an array of these",
    check: (value) => isPart(value) || (Array.isArray(value) && value.every(isPart)),
  };
  const bytes: Rule = { allowed: "bytes", check: (value) => value instanceof Uint8Array };
  const callback: Rule = { allowed: "a function", check: (value) => typeof value === "function" };
  const names: Rule = {
    allowed: "an array of names of 1 to 255 bytes",
    check: (value) => Array.isArray(value) && value.every(isProtocol),
  };
  const version: Rule = {
    allowed: 'one of "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"',
    check: (value) => /^TLSv1(\.[123])?$/.test(String(value)) && typeof value === "string",
  };
  return {
    ca: pem,
    cert: pem,
    key: pem,
    passphrase: { allowed: "a string", check: (value) => typeof value === "string" },
    pfx: bytes,
    crl: pem,
    ALPNProtocols: names,
    minVersion: version,
    maxVersion: version,
    ciphers: text,
    sigalgs: text,
    ecdhCurve: text,
    dhparam: { allowed: "PEM text or bytes", check: isPart },
    honorCipherOrder: bool,
    rejectUnauthorized: bool,
    servername: text,
    checkServerIdentity: callback,
    minDHSize: integer(1, 65536, " bits"),
    requestCert: bool,
    SNICallback: callback,
    ALPNCallback: callback,
    sessionTimeout: integer(1, 0x7fffffff, " seconds"),
    ticketKeys: {
      allowed: "48 bytes",
      check: (value) => value instanceof Uint8Array && value.length === 48,
    },
  };
});

/** What an option `tls` may be. */
export const tlsRule: Rule = {
  allowed: "an object of TLS options",
  check: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** Checks TLS options and has the host read them. @throws TypeError */
export function tlsContext(owner: string, given: unknown, host: Host, server: boolean): TlsContext {
  const options = checkOptions<TlsOptions>(`${owner} tls`, given, rules);
  if (host.tlsContext === undefined) {
    throw new DOMException(`${host.name} has no TLS`, "NotSupportedError");
  }
  if (server && !hasCertificate(options)) {
    throw new DOMException(
      `${owner} tls: a server needs a certificate: cert and key, pfx, or SNICallback`,
      "NotSupportedError",
    );
  }
  try {
    return host.tlsContext(options, server);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${owner} option "tls" cannot be used: ${why}`, { cause: error });
  }
}

function hasCertificate({ cert, key, pfx, SNICallback }: TlsOptions): boolean {
  return (
    (cert !== undefined && key !== undefined) || pfx !== undefined || SNICallback !== undefined
  );
}

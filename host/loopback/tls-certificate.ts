/**
 * Certificates of a loopback network: descriptions in plain text, and who may be believed.
 *
 *     name=localhost,name=127.0.0.1,issuer=test          name=old.test,issuer=test,expired
 *
 * The first name is the subject, all are what the certificate stands for; without an issuer it has
 * issued itself. Flags: `expired`, `future` (not valid yet), `revoked`; `usage=client` or `usage=server`
 * says that it is for nothing else. Must never know who shows it. Not for secrets.
 */
import type { PeerCertificate } from "../transport.ts";
import { isAddress } from "./names.ts";
import { failure, type TlsFailure } from "./tls-failure.ts";

export type Usage = "client" | "server";

export interface Certificate {
  readonly text: string;
  readonly names: readonly string[];
  readonly issuer: string;
  readonly usage: Usage | undefined;
  readonly expired: boolean;
  readonly future: boolean;
  readonly revoked: boolean;
}

const FIELDS = /^(name|issuer|usage)=(.+)$|^(expired|future|revoked)$/;

/** Reads a description. @throws Error if it is none */
export function readCertificate(text: string): Certificate {
  const fields = text.split(",").map((field) => field.trim());
  const wrong = fields.find((field) => !FIELDS.test(field));
  if (wrong !== undefined) throw new Error(`a loopback certificate has no field "${wrong}"`);
  const all = (key: string): string[] =>
    fields
      .filter((field) => field.startsWith(`${key}=`))
      .map((field) => field.slice(key.length + 1));
  const names = all("name");
  const [usage] = all("usage");
  if (names[0] === undefined) throw new Error(`a loopback certificate needs a name: "${text}"`);
  if (usage !== undefined && usage !== "client" && usage !== "server") {
    throw new Error(`usage=${usage}; client or server is allowed`);
  }
  return {
    ...{ text, names, usage, issuer: all("issuer")[0] ?? names[0] },
    expired: fields.includes("expired"),
    future: fields.includes("future"),
    revoked: fields.includes("revoked"),
  };
}

/** Whom somebody believes. */
export interface Trust {
  /** Names of issuers. */
  readonly trusted: readonly string[];
  /** Subjects of certificates that are not believed whoever issued them. */
  readonly revoked: readonly string[];
}

/** Why a certificate may not be believed; for which host it stands is not looked at. */
export function distrust(
  certificate: Certificate,
  { trusted, revoked }: Trust,
  usage: Usage,
): TlsFailure | undefined {
  const { issuer, names } = certificate;
  if (!trusted.includes(issuer)) {
    const own = issuer === names[0];
    return failure(own ? "DEPTH_ZERO_SELF_SIGNED_CERT" : "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  }
  if (certificate.revoked || revoked.includes(names[0] ?? "")) return failure("CERT_REVOKED");
  if (certificate.future) return failure("CERT_NOT_YET_VALID");
  if (certificate.expired) return failure("CERT_HAS_EXPIRED");
  if ((certificate.usage ?? usage) !== usage) return failure("INVALID_PURPOSE");
  return undefined;
}

/** Whether it stands for that host. `*` stands for one label, the first. */
export function standsFor(certificate: Certificate, host: string): boolean {
  const wanted = host.toLowerCase();
  const rest = isAddress(host) ? "" : wanted.replace(/^[^.]*/, "");
  return certificate.names.some((name) => {
    const known = name.toLowerCase();
    return known === wanted || (rest.length > 1 && known === `*${rest}`);
  });
}

/** As node's X509Certificate shows it. */
export function shown({ text, names, issuer, expired, future }: Certificate): PeerCertificate {
  const kinds = names.map((name) => `${isAddress(name) ? "IP Address" : "DNS"}:${name}`);
  const raw = new TextEncoder().encode(text);
  return {
    subject: `CN=${names[0]}`,
    issuer: `CN=${issuer}`,
    subjectAltName: kinds.join(", "),
    validFrom: `Jan  1 00:00:00 ${future ? 2099 : 2000} GMT`,
    validTo: `Jan  1 00:00:00 ${expired ? 2001 : 2100} GMT`,
    fingerprint256: fingerprint(raw),
    raw,
  };
}

/** Has the form of a SHA-256 and differs where the text does; nobody is kept from making its like. */
function fingerprint(raw: Uint8Array): string {
  const bytes = Array.from({ length: 32 }, (_, salt) => {
    const mixed = raw.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5 + salt);
    return ((mixed ^ (mixed >>> 15)) & 0xff).toString(16).toUpperCase().padStart(2, "0");
  });
  return bytes.join(":");
}

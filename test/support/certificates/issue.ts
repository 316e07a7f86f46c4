/**
 * Makes one certificate: a key pair, and what an issuer signs about it. Says nothing about which
 * certificates tests need; that is `../certificates.ts`.
 */
import "reflect-metadata"; // asked for by what x509 is built on, before it is loaded
import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const DAY = 24 * 60 * 60 * 1000;
const { subtle } = webcrypto;

/** Fast to make, which RSA keys are not. */
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** What a certificate says. Without `issuer` it is signed with its own key. */
export interface Wanted {
  readonly subject?: string;
  /** Host names and IP addresses it is good for. */
  readonly names?: readonly string[];
  readonly usage?: "server" | "client";
  /** May sign certificates. */
  readonly authority?: boolean;
  /** How many authorities may stand between it and a certificate. */
  readonly pathLength?: number;
  readonly digest?: "SHA-256" | "SHA-1";
  /** In days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly issuer?: Issued;
}

export interface Issued {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly signingKey: webcrypto.CryptoKey;
  readonly x509: x509.X509Certificate;
}

export async function issue(wanted: Wanted): Promise<Issued> {
  const keys = await subtle.generateKey(P256, true, ["sign", "verify"]);
  const { issuer, subject = "CN=test", from = -1, until = 1, digest = "SHA-256" } = wanted;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString("hex")}`,
    subject,
    issuer: issuer?.x509.subject ?? subject,
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + until * DAY),
    publicKey: keys.publicKey,
    signingKey: issuer?.signingKey ?? keys.privateKey,
    signingAlgorithm: { ...P256, hash: digest },
    extensions: extensions(wanted),
  });
  const key = await subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${made.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    signingKey: keys.privateKey,
    x509: made,
  };
}

/** The issuer's list (PEM) of what it has taken back. */
export async function revoke(issuer: Issued, revoked: readonly Issued[]): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.x509.subject,
    thisUpdate: new Date(Date.now() - DAY),
    nextUpdate: new Date(Date.now() + DAY),
    signingAlgorithm: P256,
    signingKey: issuer.signingKey,
    entries: revoked.map(({ x509: { serialNumber } }) => ({ serialNumber })),
  });
  return `${x509.PemConverter.encode(list.rawData, "X509 CRL")}\n`; // what OpenSSL calls it
}

/** The authority's certificate (PEM) with OpenSSL's note that it is not to be trusted for servers. */
export function distrusted({ x509: { rawData } }: Issued): string {
  const serverAuth = Buffer.from("06082b06010505070301", "hex");
  const rejected = Buffer.concat([Buffer.of(0xa0, serverAuth.length), serverAuth]);
  const note = Buffer.concat([Buffer.of(0x30, rejected.length), rejected]);
  const both = Buffer.concat([Buffer.from(rawData), note]);
  return `${x509.PemConverter.encode(both, "TRUSTED CERTIFICATE")}\n`;
}

function extensions({
  names = [],
  usage,
  authority = false,
  pathLength,
}: Wanted): x509.Extension[] {
  const list: x509.Extension[] = [new x509.BasicConstraintsExtension(authority, pathLength, true)];
  if (usage) {
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
    list.push(new x509.ExtendedKeyUsageExtension([usage === "server" ? serverAuth : clientAuth]));
  }
  const alternatives = names.map((value) => {
    return { type: isIP(value) ? ("ip" as const) : ("dns" as const), value };
  });
  if (alternatives.length > 0) list.push(new x509.SubjectAlternativeNameExtension(alternatives));
  return list;
}

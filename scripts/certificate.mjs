/**
 * A certificate for `localhost` and 127.0.0.1, made on the spot and good for a day: for the
 * demonstration and the benchmarks. It is its own authority.
 */
import "reflect-metadata"; // asked for by what x509 is built on, before it is loaded
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const DAY = 24 * 60 * 60 * 1000;
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** { cert, key, ca } as PEM. */
export async function makeCertificate() {
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    keys,
    signingAlgorithm: P256,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const cert = made.toString("pem");
  return { cert, key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"), ca: cert };
}

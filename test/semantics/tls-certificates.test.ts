/**
 * Certificates that must not be accepted: what each is called, from the first byte and after an
 * upgrade alike. `open` never fires, and nothing goes on in plaintext.
 */
import type tls from "node:tls";
import { describe, expect } from "vitest";
import {
  certificate,
  certificateFor,
  distrustedAuthority,
  HOST,
  type Kind,
  revocationList,
} from "../support/certificates.ts";
import { latin1 } from "./support/bytes.ts";
import {
  causeOf,
  EXPIRED,
  type Failure,
  failureOf,
  INVALID_ISSUER,
  REVOKED,
  UNTRUSTED,
  WEAK,
  WRONG_NAME,
  WRONG_USAGE,
} from "./support/tls-failure.ts";
import { ADDRESS, identity, type Tls, tlsTest } from "./support/tls-world.ts";

/**
 * Kind of certificate, whom the socket was opened to, what comes of it, what node says. Of several faults
 * OpenSSL tells the last, so CERT_CHAIN_TOO_LONG, INVALID_CA, CERT_REJECTED are never heard of.
 */
const REFUSED: readonly [Kind, string, Failure, string][] = [
  ["expired", HOST, EXPIRED, "CERT_HAS_EXPIRED"],
  ["notYetValid", HOST, EXPIRED, "CERT_NOT_YET_VALID"],
  ["revoked", HOST, REVOKED, "CERT_REVOKED"],
  ["selfSigned", HOST, UNTRUSTED, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["unknownIssuer", HOST, UNTRUSTED, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["unknownChain", HOST, UNTRUSTED, "SELF_SIGNED_CERT_IN_CHAIN"],
  ["intermediateMissing", HOST, UNTRUSTED, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["clientUsage", HOST, WRONG_USAGE, "INVALID_PURPOSE"],
  ["notAnAuthority", HOST, WRONG_USAGE, "INVALID_PURPOSE"],
  ["pathTooLong", HOST, INVALID_ISSUER, "PATH_LENGTH_EXCEEDED"],
  ["chainTooLong", HOST, UNTRUSTED, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ["distrusted", HOST, WRONG_USAGE, "INVALID_PURPOSE"],
  ["weakDigest", HOST, WEAK, "UNSPECIFIED"],
  ["wrongName", HOST, WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["addressOnly", HOST, WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["wrongAddress", ADDRESS, WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["nameOnly", ADDRESS, WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["server", "mail.test", WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["mail", "deeper.in.wild.test", WRONG_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
];

/** A server will not use a weak certificate either, unless it is told to. */
async function serving(kind: Kind): Promise<tls.TlsOptions> {
  const lax = kind === "weakDigest" ? { ciphers: "DEFAULT@SECLEVEL=0" } : {};
  return { ...(await identity(certificate(kind))), ...lax };
}

async function trusting(kind: Kind): Promise<Tls> {
  const { ca } = await certificate(kind);
  if (kind === "distrusted") return { ca: await distrustedAuthority() };
  return kind === "revoked" ? { ca, crl: await revocationList() } : { ca };
}

describe.each(REFUSED)("%s as %s", (kind, host, failure, code) => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    tlsTest(`M52 M55 M56 M57 M60: from the first byte, ${version}`, async (world) => {
      const { port } = await world.tlsPeers({ ...(await serving(kind)), maxVersion: version });
      const client = await world.openSecure(port, await trusting(kind), host);
      const opened = client.socket.opened;
      await client.fired("close");
      expect(failureOf(client)).toEqual(failure);
      expect(causeOf(client)).toMatchObject({ code });
      expect(client.types, "never open").toBe("error close");
      await expect(opened).rejects.toBe(client.error?.error);
      expect(client.socket.tlsInfo).toBeNull();
    });
  }

  tlsTest("M105: after an upgrade", async (world) => {
    const [client, peer] = await world.plain({ tls: await trusting(kind) }, host);
    const upgraded = client.socket.upgradeToSecure();
    client.socket.send("secret");
    const secured = peer.secureServer(serving(kind));
    await client.fired("close");
    expect(failureOf(client)).toEqual(failure);
    expect(causeOf(client)).toMatchObject({ code });
    expect(client.types).toBe("open error close");
    await expect(upgraded).rejects.toBe(client.error?.error);
    // With TLS 1.3 the server may be through before the client refuses it.
    const got = await secured.then(
      ({ bytes }) => bytes,
      () => latin1(""),
    );
    expect(got).toHaveLength(0);
  });
});

describe("accepted", () => {
  const GOOD: readonly [Kind, string][] = [
    ["server", HOST],
    ["server", ADDRESS],
    ["nameOnly", HOST],
    ["addressOnly", ADDRESS],
    ["intermediate", HOST],
    ["mail", "mail.test"],
    ["mail", "MAIL.test"],
    ["mail", "any.wild.test"],
  ];
  for (const [kind, host] of GOOD) {
    tlsTest(`M21: ${kind} as ${host}`, async (world) => {
      const { port } = await world.tlsPeers(await serving(kind));
      const client = await world.openSecure(port, {}, host);
      await client.fired("open");
      const [plain, peer] = await world.plain({}, host);
      void peer.secureServer(serving(kind));
      await plain.socket.upgradeToSecure();
      expect(plain.types).toBe("open");
    });
  }

  tlsTest("M21: a certificate of several records, its last name", async (world) => {
    const names = Array.from({ length: 1500 }, (_, i) => `number-${i}.of-many.example`);
    const own = await identity(certificateFor(...names, "the.last.test"));
    expect(own.cert.length).toBeGreaterThan(40_000);
    const { port } = await world.tlsPeers(own);
    const client = await world.openSecure(port, {}, "the.last.test");
    await client.fired("open");
    const [plain, peer] = await world.plain({}, "the.last.test");
    void peer.secureServer(own);
    await plain.socket.upgradeToSecure();
    expect(plain.types).toBe("open");
  });

  for (const kind of ["expired", "selfSigned", "wrongName", "clientUsage"] as const) {
    tlsTest(`${kind}, with rejectUnauthorized: false`, async (world) => {
      const { port, accept } = await world.tlsPeers(await serving(kind));
      const client = await world.openSecure(port, { rejectUnauthorized: false }, HOST);
      await client.fired("open");
      client.socket.send("to whomever");
      await (await accept()).got(11);
      const [plain, peer] = await world.plain({ tls: { rejectUnauthorized: false } }, HOST);
      void peer.secureServer(serving(kind));
      await plain.socket.upgradeToSecure();
      expect(plain.types).toBe("open");
    });
  }
});

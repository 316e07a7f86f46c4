/** Certificates of a loopback network: whom a handshake believes. */
import { describe, expect, test } from "vitest";
import * as reasons from "../../../assembly/reasons.ts";
import { SERVER, shake } from "./shake.ts";

describe("a server's certificate", () => {
  test.each([
    ["name=localhost", reasons.REASON_UNKNOWN_ISSUER, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["name=localhost,issuer=x", reasons.REASON_UNKNOWN_ISSUER, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["name=localhost,issuer=test,expired", reasons.REASON_CERTIFICATE_EXPIRED, "CERT_HAS_EXPIRED"],
    ["name=localhost,issuer=test,future", reasons.REASON_CERTIFICATE_EXPIRED, "CERT_NOT_YET_VALID"],
    ["name=localhost,issuer=test,revoked", reasons.REASON_CERTIFICATE_REVOKED, "CERT_REVOKED"],
    ["name=localhost,issuer=test,usage=client", reasons.REASON_KEY_USAGE, "INVALID_PURPOSE"],
    ["name=other,issuer=test", reasons.REASON_CERTIFICATE_NAME, "ERR_TLS_CERT_ALTNAME_INVALID"],
    [
      "name=*.localhost,issuer=test",
      reasons.REASON_CERTIFICATE_NAME,
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
  ])("%s is refused, and taken without rejectUnauthorized", async (cert, reason, code) => {
    const { client, server } = await shake({ cert });
    expect(client).toMatchObject({ reason, cause: { code }, info: undefined });
    expect(client.cause).toBeInstanceOf(Error);
    expect(server.info).toBeUndefined();
    expect(server.reason).toBeGreaterThan(0); // by alert
    const taken = await shake({ cert }, { rejectUnauthorized: false });
    expect(taken.client.info?.peerCertificate).not.toBeNull();
  });

  test.each([
    ["name=LocalHost,issuer=test", {}, "localhost"],
    ["name=localhost,issuer=test,usage=server", { ca: ["x", "test"] }, "localhost"],
    ["name=localhost", { ca: Buffer.from("name=localhost") }, "localhost"],
    ["name=127.0.0.1,issuer=test", {}, "127.0.0.1"],
    ["name=a,name=*.test,issuer=test", {}, "mail.test"],
    ["name=elsewhere,issuer=test", { servername: "elsewhere" }, "localhost"],
  ])("%s is taken by %j for %s", async (cert, client, host) => {
    const outcome = await shake({ cert }, client, host);
    expect(outcome.client.reason).toBe(0);
    expect(outcome.client.info?.peerCertificate?.raw.length).toBe(cert.length);
  });

  test("of a wildcard stands for one label, and for no address", async () => {
    const server = { cert: "name=*.test,name=*.0.0.1,issuer=test" };
    for (const host of ["a.b.test", "test", "127.0.0.1"]) {
      const { client } = await shake(server, {}, host);
      expect(client.reason).toBe(reasons.REASON_CERTIFICATE_NAME);
    }
  });

  test("on the client's list is revoked", async () => {
    const { client } = await shake({}, { crl: "localhost" });
    expect(client.reason).toBe(reasons.REASON_CERTIFICATE_REVOKED);
  });

  test("differs in its fingerprint", async () => {
    const [one, two] = [await shake({}), await shake({ cert: `${SERVER.cert},usage=server` })];
    const prints = [one, two].map(({ client }) => client.info?.peerCertificate?.fingerprint256);
    expect(prints[0]).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(prints[0]).not.toBe(prints[1]);
  });

  test("is shown to the app's own check, which refuses with its own error", async () => {
    const error = new Error("not the pinned one");
    const seen: object[] = [];
    const checkServerIdentity = (host: string, certificate: object): Error => {
      seen.push({ host, ...certificate });
      return error;
    };
    const { client } = await shake({}, { checkServerIdentity });
    expect(client).toMatchObject({ reason: reasons.REASON_CERTIFICATE, cause: error });
    expect(seen).toMatchObject([{ host: "localhost", subject: { CN: "localhost" } }]);
    const throws = (): never => {
      throw error;
    };
    const thrown = await shake({}, { checkServerIdentity: throws });
    expect(thrown.client).toMatchObject({ reason: reasons.REASON_CERTIFICATE, cause: error });
    const other = await shake(
      { cert: "name=x,issuer=test" },
      { checkServerIdentity: () => undefined },
    );
    expect(other.client.reason).toBe(0);
  });
});

describe("a client's certificate", () => {
  const asks = { requestCert: true, ca: "people" };
  const person = { cert: "name=me,issuer=people", key: "any" };

  test("is shown when asked for, and verified", async () => {
    const { server } = await shake(asks, person);
    expect(server.info?.peerCertificate?.subject).toBe("CN=me");
    const unasked = await shake({}, person);
    expect(unasked.server.info?.peerCertificate).toBeNull();
  });

  test.each([
    ["none", {}, reasons.REASON_NO_CERTIFICATE, reasons.REASON_NO_CERTIFICATE],
    [
      "of another issuer",
      { cert: "name=me,issuer=x", key: "any" },
      reasons.REASON_UNKNOWN_ISSUER,
      reasons.REASON_TLS,
    ],
    [
      "expired",
      { cert: "name=me,issuer=people,expired", key: "any" },
      reasons.REASON_CERTIFICATE_EXPIRED,
      reasons.REASON_TLS,
    ],
    [
      "a server's",
      { cert: "name=me,issuer=people,usage=server", key: "any" },
      reasons.REASON_KEY_USAGE,
      reasons.REASON_CERTIFICATE_TYPE,
    ],
  ])("%s: both fail, the client when it is verified already", async (_, client, theirs, ours) => {
    const outcome = await shake(asks, client);
    expect(outcome.server).toMatchObject({ reason: theirs, info: undefined });
    expect(outcome.client.reason).toBe(ours);
    expect(outcome.client.info).toBeDefined();
    const older = await shake({ ...asks, maxVersion: "TLSv1.2" }, client);
    expect([older.client.reason, older.client.info]).toEqual([ours, undefined]);
  });

  test("need not be there without rejectUnauthorized", async () => {
    const { server } = await shake({ ...asks, rejectUnauthorized: false });
    expect(server).toMatchObject({ reason: 0, info: { peerCertificate: null } });
  });
});

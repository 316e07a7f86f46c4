/** The contract on how a connection becomes secure, or does not. */
import { describe, expect, test } from "vitest";
import {
  REASON_CERTIFICATE_EXPIRED,
  REASON_CERTIFICATE_NAME,
  REASON_INTERRUPTED,
  REASON_NO_CERTIFICATE,
  REASON_PLAINTEXT_LEFT,
  REASON_TLS_VERSION,
  REASON_UNKNOWN_ISSUER,
} from "../../../assembly/reasons.ts";
import { pattern } from "./pattern.ts";
import {
  alone,
  clientTls,
  HOWS,
  type How,
  type Options,
  securePair,
  serverTls,
  shaking,
  told,
  upgrades,
} from "./secure-pair.ts";
import type { Pair, Stage } from "./stage.ts";

const SIDES = ["client", "server"] as const;

/** A handshake that fails at one side at least; the other sees the end, and nobody is told of success. */
async function failed(on: Stage, how: How, options: Options): Promise<Pair> {
  const pair = await shaking(on, how, options);
  for (const end of [pair.client, pair.server]) {
    end
      .until(() => end.log.includes(told(how)))
      .then(
        () => end.resume(),
        () => {},
      );
  }
  return pair;
}

export function securingContract(on: () => Stage): void {
  describe.each(HOWS)("%s", (how) => {
    upContract(on, how);
    refusalContract(on, how);
    handshakeContract(on, how);
  });

  test("what cannot be used is thrown at once", () => {
    const { host, keys } = on();
    expect(() => host.tlsContext?.(keys.broken, true)).toThrow();
    expect(host.tlsContext?.(keys.server, true)).toBeTypeOf("object");
  });

  test.each(SIDES)("upgrade of the %s: plaintext that came before fails it", async (side) => {
    const { client, server } = await on().pair("pause");
    client.pause();
    const [end, peer] = side === "client" ? [client, server] : [server, client];
    await peer.write(pattern(64));
    await on().fence();
    end.secure((side === "client" ? clientTls : serverTls)(on(), "by upgrade"));
    await end.seen("closed");
    expect(end.log.at(-2)).toBe("failed");
    expect(end.reason).toBe(REASON_PLAINTEXT_LEFT);
    expect(end.inputBytes).toBe(0);
  });
}

function upContract(on: () => Stage, how: How): void {
  test("both are told once, and what was agreed is known then", async () => {
    const pair = await shaking(on(), how);
    expect([pair.client.transport.tlsInfo, pair.server.transport.tlsInfo]).toEqual([null, null]);
    await Promise.all([pair.client.seen(told(how)), pair.server.seen(told(how))]);
    await on().fence();
    const { client, server } = pair;
    expect(client.log).toEqual(upgrades(how) ? ["connected", "secured"] : ["connected"]);
    expect(server.log).toEqual([told(how)]);
    const [ours, theirs] = [client.transport.tlsInfo, server.transport.tlsInfo];
    expect(ours?.protocol).toBe("TLSv1.3");
    expect(theirs).toMatchObject({
      protocol: "TLSv1.3",
      alpnProtocol: null,
      peerCertificate: null,
    });
    expect(ours?.cipher).toBe(theirs?.cipher);
    expect(ours?.cipher).toMatch(/^TLS_/);
    const { subjectAltName, fingerprint256, raw } = ours?.peerCertificate ?? {};
    expect(subjectAltName).toContain("DNS:localhost");
    expect(fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(raw?.length).toBeGreaterThan(10);
  });

  test("addresses stay what they are", async () => {
    const { client, server } = await securePair(on(), how);
    const { localPort, remotePort } = client.transport.addresses;
    expect(server.transport.addresses).toMatchObject({
      localPort: remotePort,
      remotePort: localPort,
    });
  });

  test("paused across the handshake: it goes on, and what comes behind it waits", async () => {
    const { client, server } = await shaking(on(), how);
    await Promise.all([client.seen(told(how)), server.seen(told(how))]);
    await Promise.all([client.write(pattern(200)), server.write(pattern(300))]);
    await on().fence();
    expect([client.inputBytes, server.inputBytes]).toEqual([0, 0]);
    client.resume();
    server.resume();
    await client.until(() => client.inputBytes === 300);
    await server.until(() => server.inputBytes === 200);
    expect(Buffer.compare(server.input, pattern(200))).toBe(0);
    expect(Buffer.compare(client.input, pattern(300))).toBe(0);
  });

  test("versions and protocols are agreed on", async () => {
    const { client, server } = await securePair(on(), how, {
      client: { ALPNProtocols: ["b", "c"] },
      server: { ALPNProtocols: ["a", "b"], maxVersion: "TLSv1.2" },
    });
    const agreed = { protocol: "TLSv1.2", alpnProtocol: "b" };
    expect(client.transport.tlsInfo).toMatchObject(agreed);
    expect(server.transport.tlsInfo).toMatchObject(agreed);
  });

  test("a client shows its certificate if it is asked", async () => {
    const { trusting, person } = on().keys;
    const { server } = await securePair(on(), how, {
      client: person,
      server: { ...trusting, requestCert: true },
    });
    expect(server.transport.tlsInfo?.peerCertificate?.subject).toBe("CN=client");
  });

  test("rejectUnauthorized: false takes anybody", async () => {
    const options = { client: { rejectUnauthorized: false }, server: on().keys.unknown };
    const { client } = await securePair(on(), how, options);
    expect(client.transport.tlsInfo?.peerCertificate).not.toBeNull();
  });
}

function refusalContract(on: () => Stage, how: How): void {
  test.each([
    ["of another issuer", "unknown", REASON_UNKNOWN_ISSUER],
    ["for another name", "elsewhere", REASON_CERTIFICATE_NAME],
    ["expired", "expired", REASON_CERTIFICATE_EXPIRED],
  ] as const)("a certificate %s: the client fails", async (_, kind, reason) => {
    const { client, server } = await failed(on(), how, { server: on().keys[kind] });
    await client.seen("closed");
    expect(client.log).toEqual([...(upgrades(how) ? ["connected"] : []), "failed", "closed"]);
    expect(client.reason).toBe(reason);
    expect(client.cause).toBeInstanceOf(Error);
    await server.until(() => server.log.includes("ended") || server.log.includes("failed"));
    expect(server.inputBytes).toBe(0);
  });

  test("no version in common: both fail", async () => {
    const options = { client: { maxVersion: "TLSv1.2" }, server: { minVersion: "TLSv1.3" } };
    const { client, server } = await failed(on(), how, options);
    await Promise.all([client.seen("failed"), server.seen("failed")]);
    expect([client.reason, server.reason]).toEqual([REASON_TLS_VERSION, REASON_TLS_VERSION]);
  });

  test("a client's certificate of another issuer: the server fails", async () => {
    const { trusting, unknown } = on().keys;
    const server = { ...trusting, requestCert: true };
    const pair = await failed(on(), how, { client: unknown, server });
    await pair.server.seen("failed");
    expect(pair.server.reason).toBe(REASON_UNKNOWN_ISSUER);
    expect(pair.server.cause).toBeInstanceOf(Error);
    expect(pair.server.log).not.toContain(told(how));
  });

  test("a client without the certificate asked for: both fail", async () => {
    const server = { ...on().keys.trusting, requestCert: true };
    const pair = await failed(on(), how, { server });
    await Promise.all([pair.client.seen("failed"), pair.server.seen("failed")]);
    const reasons = [pair.client.reason, pair.server.reason];
    expect(reasons).toEqual([REASON_NO_CERTIFICATE, REASON_NO_CERTIFICATE]);
    expect(pair.server.log).not.toContain(told(how));
  });
}

function handshakeContract(on: () => Stage, how: How): void {
  test.each(SIDES)("a FIN in the handshake of the %s is told, and no success", async (side) => {
    const { end, peer } = await alone(on(), how, side);
    await peer.until(() => peer.log.includes("connected") || peer.inputBytes > 0);
    const before = end.log.length;
    peer.finish();
    await end.until(() => end.log.includes("ended") || end.log.includes("failed"));
    end.destroy();
    await end.seen("closed");
    expect([0, REASON_INTERRUPTED]).toContain(end.reason);
    expect(end.log.slice(before)).not.toContain(told(how));
  });

  test.each(SIDES)("the %s meets what is no TLS: failed as such", async (side) => {
    const { end, peer } = await alone(on(), how, side);
    await peer.until(() => peer.log.includes("connected") || peer.inputBytes > 0);
    await peer.write(Buffer.from("220 ready\r\n"));
    await end.seen("closed");
    expect(end.log.at(-2)).toBe("failed");
    expect(end.reason).toBe(upgrades(how) ? REASON_PLAINTEXT_LEFT : REASON_TLS_VERSION);
    expect(end.inputBytes).toBe(0);
  });

  test.each(SIDES)("destroy of the %s in the handshake: closed and nothing else", async (side) => {
    const pair = await shaking(on(), how);
    const other = pair[side === "client" ? "server" : "client"];
    const before = [...pair[side].log];
    pair[side].destroy();
    await pair[side].seen("closed");
    expect(pair[side].log).toEqual([...before, "closed"]);
    other
      .until(() => other.log.includes(told(how)))
      .then(
        () => other.resume(),
        () => {},
      );
    await other.until(() => other.log.includes("ended") || other.log.includes("failed"));
  });
}

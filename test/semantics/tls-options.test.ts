/** The option `tls`: what is wrong with it is said at once, and nothing has happened then. */
import { createPrivateKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1 } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import { identity, type Tls, tlsTest } from "./support/tls-world.ts";

/** Options that no type checker lets through. */
function wrong(options: object): Tls {
  return options as Tls;
}

const MISTAKES: readonly [string, object][] = [
  // Node asks no further when one is resumed: it would be a way around the check of the name.
  ["session", { session: Buffer.from("a session of another host") }],
  ["certificate", { certificate: "" }],
  ["CA", { CA: "" }],
  ["host", { host: "mail.test" }],
  ["rejectUnauthorised", { rejectUnauthorised: false }],
  ["rejectUnauthorized", { rejectUnauthorized: 0 }],
  ["rejectUnauthorized", { rejectUnauthorized: "false" }],
  ["servername", { servername: 5 }],
  ["servername", { servername: "" }],
  ["ALPNProtocols", { ALPNProtocols: 5 }],
  ["checkServerIdentity", { checkServerIdentity: true }],
  ["SNICallback", { SNICallback: {} }],
  ["ALPNCallback", { ALPNCallback: "imap" }],
  ["requestCert", { requestCert: "yes" }],
  ["minVersion", { minVersion: 1.2 }],
];

describe("is a TypeError that names it", () => {
  test.each(MISTAKES)("%s: %o", (name, options) => {
    const tls = wrong(options);
    for (const make of [
      () => new TCPSocket(HOST, 9, { tls }),
      () => new TCPSocket(HOST, 9, { tls, useSecureTransport: true }),
      () => new TCPServerSocket(0, { tls }),
    ]) {
      expect(make).toThrow(TypeError);
      expect(make).toThrow(name);
    }
  });

  test.each([["a string"], [5], [[]]])("tls: %o", (tls) => {
    expect(() => new TCPSocket(HOST, 9, { tls: wrong(tls as object) })).toThrow(TypeError);
    expect(() => new TCPSocket(HOST, 9, { tls: wrong(tls as object) })).toThrow("tls");
  });

  const UNREADABLE = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n";
  const PEMS: readonly [string, () => Promise<object>][] = [
    ["cert", async () => ({ ...(await identity()), cert: UNREADABLE })],
    ["key", async () => ({ ...(await identity()), key: "no key" })],
    ["another's key", async () => ({ ...(await identity()), key: await otherKey() })],
    ["passphrase", async () => ({ ...(await identity()), ...(await locked()), passphrase: "no" })],
  ];
  test.each(PEMS)("unreadable: %s, with node's error as cause", async (_, made) => {
    const tls = wrong(await made());
    for (const make of [
      () => new TCPSocket(HOST, 9, { tls, useSecureTransport: true }),
      () => new TCPServerSocket(0, { tls, useSecureTransport: true }),
      () => new TCPServerSocket(0, { tls }),
    ]) {
      const error = thrown(make);
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({ cause: expect.any(Error) });
    }
  });
});

async function otherKey(): Promise<string> {
  return (await certificate("mail")).key;
}

/** A key behind the passphrase "sesame". */
async function locked(): Promise<{ key: string }> {
  const key = createPrivateKey((await certificate()).key);
  const options = { format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "sesame" };
  return { key: key.export(options as never) as unknown as string };
}

tlsTest("a key behind a passphrase", async (world) => {
  const tls = { ...(await identity()), ...(await locked()), passphrase: "sesame" };
  const { port } = world.listen({ useSecureTransport: true, tls });
  const peer = await world.tlsPeer(port);
  expect(peer.socket.authorized).toBe(true);
});

test("a TLS listener without a certificate: NotSupportedError", async () => {
  const { ca } = await certificate();
  for (const tls of [undefined, {}, { ca }]) {
    const error = thrown(() => new TCPServerSocket(0, { useSecureTransport: true, tls }));
    expect(error).toBeInstanceOf(DOMException);
    expect(error?.name).toBe("NotSupportedError");
  }
});

tlsTest("options are read once: what is changed later does not count", async (world) => {
  const { ca } = await certificate();
  const { port, accept } = await world.tlsPeers();
  const tls = { ca, servername: HOST, rejectUnauthorized: true };
  const client = world.open(port, { useSecureTransport: true, tls });
  Object.assign(tls, { ca: undefined, servername: "mail.test" });
  await client.fired("open");
  expect((await accept()).socket.servername).toBe(HOST);
});

tlsTest("inherited properties are no options", async (world) => {
  const { port } = await world.tlsPeers(await identity(certificate("expired")));
  const { ca } = await certificate();
  const tls = Object.assign(Object.create({ rejectUnauthorized: false }), { ca });
  const client = world.open(port, { useSecureTransport: true, tls }, HOST);
  await client.fired("close");
  expect(client.types).toBe("error close");
});

tlsTest("upgradeToSecure() with wrong options throws, and nothing has changed", async (world) => {
  const [client, peer] = await world.plain();
  for (const [name, options] of MISTAKES) {
    const upgrade = (): unknown => client.socket.upgradeToSecure(wrong(options));
    expect(upgrade).toThrow(TypeError);
    expect(upgrade).toThrow(name);
  }
  expect(client.socket.ssl).toBe(false);
  client.socket.send("still plain");
  expect(await peer.got(11)).toEqual(latin1("still plain"));
});

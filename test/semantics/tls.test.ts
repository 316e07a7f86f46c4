/** TLS from the first byte, as a client: what goes over the wire, when `open` fires, what is told. */
import tls from "node:tls";
import { describe, expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { difference, latin1, pattern } from "./support/bytes.ts";
import { ADDRESS, identity, tlsTest } from "./support/tls-world.ts";

const MIB = 1 << 20;

tlsTest("M20: a secure socket is TLS from the first byte, any other has none", async (world) => {
  const { port, accept } = await world.plainPeers();
  const client = await world.openSecure(port);
  expect(client.socket.ssl).toBe(true);
  const peer = await accept();
  expect((await peer.got(3)).slice(0, 2)).toEqual(new Uint8Array([22, 3]));
  const plain = world.open(port);
  const other = await accept();
  await plain.fired("open");
  await world.settled();
  expect(other.received).toBe(0);
  expect(plain.socket.ssl).toBe(false);
  expect(plain.socket.tlsInfo).toBeNull();
});

tlsTest("M52: open fires when the handshake is verified, not at TCP connect", async (world) => {
  const { port, accept } = await world.plainPeers();
  const client = await world.openSecure(port, {}, HOST);
  const { socket } = client;
  const peer = await accept();
  await peer.got(1);
  await world.settled();
  expect(socket.readyState).toBe("connecting");
  expect(socket.tlsInfo).toBeNull();
  expect(() => socket.send("too early")).toThrow(DOMException);
  expect(client.types).toBe("");
});

tlsTest("M24 M52: inside open it is open, and what is sent there arrives", async (world) => {
  const { port, accept } = await world.tlsPeers();
  const client = await world.openSecure(port, {}, HOST);
  client.socket.onopen = () => void client.socket.send("first");
  const peer = await accept();
  expect(await peer.got(5)).toEqual(latin1("first"));
  expect(client.states).toEqual(["open"]);
  await client.socket.opened;
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  tlsTest(`M20: both ways, 4 MiB, then closed by either, ${version}`, async (world) => {
    const { port, accept } = await world.tlsPeers({ maxVersion: version });
    for (const closer of ["client", "peer"]) {
      const client = await world.openSecure(port, {}, HOST);
      const peer = await accept();
      await client.fired("open");
      client.socket.send(pattern(4 * MIB));
      peer.wire.write(pattern(4 * MIB, 1));
      expect(difference(await peer.got(4 * MIB), pattern(4 * MIB))).toBeNull();
      expect(difference(await client.got(4 * MIB), pattern(4 * MIB, 1))).toBeNull();
      if (closer === "client") client.socket.close();
      else peer.wire.end();
      await client.fired("close");
      await peer.fired("end");
      expect(client.types.replaceAll("data ", "")).toBe("open drain close");
      expect(peer.events).not.toContain("error");
    }
  });
}

tlsTest("tlsInfo: protocol, cipher, ALPN, the peer's certificate", async (world) => {
  const { port } = await world.tlsPeers({ ALPNProtocols: ["imap", "smtp"] });
  const client = await world.openSecure(port, { ALPNProtocols: ["smtp", "imap"] }, HOST);
  expect(client.socket.tlsInfo).toBeNull();
  await client.fired("open");
  const info = client.socket.tlsInfo;
  expect(info).toMatchObject({ protocol: "TLSv1.3", alpnProtocol: "imap" });
  expect(JSON.stringify(info?.cipher)).toContain("TLS_");
  expect(info?.peerCertificate).toHaveProperty("subject", "CN=test");
  client.socket.close();
  await client.fired("close");
});

tlsTest("ALPN: nothing in common is an error, nothing offered is none", async (world) => {
  const { port } = await world.tlsPeers({ ALPNProtocols: ["imap"] });
  const client = await world.openSecure(port, { ALPNProtocols: ["smtp"] }, HOST);
  await client.fired("close");
  expect(client.types).toBe("error close");
  expect(client.error).toMatchObject({ name: "SecurityError", message: "SecurityProtocol" });
  const silent = await world.openSecure(port, {}, HOST);
  await silent.fired("open");
  expect(silent.socket.tlsInfo?.alpnProtocol || null).toBeNull();
});

describe("M21: SNI", () => {
  const CASES: readonly [string, object, string | false][] = [
    [HOST, {}, HOST],
    ["mail.test", {}, "mail.test"],
    [ADDRESS, {}, false],
    [ADDRESS, { servername: HOST }, HOST],
    ["elsewhere.test", { servername: "mail.test" }, "mail.test"],
  ];
  for (const [host, options, expected] of CASES) {
    tlsTest(`M21: to ${host} with ${JSON.stringify(options)}: ${expected}`, async (world) => {
      const mail = await identity(certificate("mail"));
      const server = { SNICallback: choose(mail), ...(await identity()) };
      const { port, accept } = await world.tlsPeers(server);
      const client = await world.openSecure(port, options, host);
      await client.fired("open");
      expect((await accept()).socket.servername).toBe(expected);
      const [plain, peer] = await world.plain({}, host);
      const { ca } = await certificate();
      const secured = peer.secureServer(server);
      await plain.socket.upgradeToSecure({ ca, ...options });
      expect((await secured).socket.servername).toBe(expected);
    });
  }

  function choose(mail: { cert: string; key: string }): tls.TlsOptions["SNICallback"] {
    return (name, done) => {
      done(null, name === "mail.test" ? tls.createSecureContext(mail) : undefined);
    };
  }
});

tlsTest("M21: servername is what the certificate is checked for", async (world) => {
  const { port } = await world.tlsPeers();
  const client = await world.openSecure(port, { servername: "mail.test" }, HOST);
  await client.fired("close");
  expect(client.error?.name).toBe("SecurityCertificateDomainMismatchError");
});

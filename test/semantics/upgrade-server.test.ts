/** M109: upgradeToSecure() of accepted sockets: as a TLS server, with the listener's certificate or its own. */
import { expect } from "vitest";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import type { PlainPeer, TlsPeer } from "./support/tls-peer.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

async function secureClient(peer: PlainPeer, more: object = {}): Promise<TlsPeer> {
  const { ca } = await certificate();
  return peer.secureClient({ ca, servername: HOST, ...more });
}

tlsTest("M92 M103 M109: starts in plaintext, then is a TLS server", async (world) => {
  const [watch, peer] = await world.plainAccepted();
  const { socket } = watch;
  expect(socket.ssl).toBe(false);
  expect(socket.tlsInfo).toBeNull();
  socket.send("plain");
  await peer.got(5);
  const promise = socket.upgradeToSecure();
  expect(socket.ssl).toBe(true);
  socket.send("secret");
  const secured = await secureClient(peer, { ALPNProtocols: ["imap"] });
  await promise;
  expect(text(await secured.got(6))).toBe("secret");
  expect(socket.tlsInfo).toMatchObject({ protocol: "TLSv1.3" });
  secured.wire.write(latin1("answer"));
  expect(text(await watch.got(6))).toBe("answer");
  secured.wire.end();
  await watch.fired("close");
  expect(watch.types).toBe("data close");
});

tlsTest(
  "M109: without a certificate: NotSupportedError, and nothing has changed",
  async (world) => {
    const { ca } = await certificate();
    const [watch, peer] = await world.plainAccepted({ tls: undefined });
    for (const tls of [undefined, {}, { ca }]) {
      const error = thrown(() => watch.socket.upgradeToSecure(tls));
      expect(error).toBeInstanceOf(DOMException);
      expect(error?.name).toBe("NotSupportedError");
    }
    expect(watch.socket.ssl).toBe(false);
    watch.socket.send("plain");
    expect(text(await peer.got(5))).toBe("plain");
    peer.wire.write(latin1("both ways"));
    expect(text(await watch.got(9))).toBe("both ways");
  },
);

tlsTest("M109: with a certificate of its own", async (world) => {
  const own = await identity(certificate("mail"));
  for (const tls of [undefined, await identity()]) {
    const [watch, peer] = await world.plainAccepted({ tls });
    const promise = watch.socket.upgradeToSecure(own);
    const secured = await secureClient(peer, { servername: "mail.test" });
    await promise;
    expect(secured.socket.getPeerCertificate().subjectaltname).toContain("mail.test");
  }
});

tlsTest("M109: our client and our server, each upgrading", async (world) => {
  const { ca } = await certificate();
  const { port, accept } = world.listen({ tls: await identity() });
  const client = world.open(port, { tls: { ca } }, HOST);
  const accepted = await accept();
  await client.fired("open");
  const server = accepted.socket.upgradeToSecure();
  await Promise.all([server, client.socket.upgradeToSecure()]);
  client.socket.send("question");
  expect(text(await accepted.got(8))).toBe("question");
  accepted.socket.send("answer");
  accepted.socket.close();
  await client.fired("close");
  expect(text(client.bytes)).toBe("answer");
  expect(client.types).toBe("open data close");
});

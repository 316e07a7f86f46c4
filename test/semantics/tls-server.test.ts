/** Listeners that are TLS from the first byte: who comes through, and what of those who do not. */
import { once } from "node:events";
import tls from "node:tls";
import { describe, expect } from "vitest";
import type { ServerSocketOptions } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { failureOf, TIMED_OUT } from "./support/tls-failure.ts";
import { ADDRESS, identity, type Tls, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Listening } from "./support/world.ts";

const MIB = 1 << 20;

/** A listener that never says `error`; its connections are looked at. */
async function listening(
  world: TlsWorld,
  given: Tls = {},
  more: ServerSocketOptions = {},
): Promise<Listening> {
  const own = { useSecureTransport: true, tls: { ...(await identity()), ...given }, ...more };
  const made = world.listen(own);
  made.server.onerror = ({ name }) => {
    throw new Error(`error of the server: ${name}`);
  };
  return made;
}

/** One more client comes through, and it is the only one that ever did. */
async function expectAlive(world: TlsWorld, { port, accept, accepted }: Listening): Promise<void> {
  const peer = await world.tlsPeer(port);
  peer.wire.write(latin1("alive"));
  expect(text(await (await accept()).got(5))).toBe("alive");
  expect(accepted).toHaveLength(1);
}

tlsTest(
  "M92 M116: connect comes after the handshake, with a secure, open socket",
  async (world) => {
    const server = await listening(world, { ALPNProtocols: ["imap"] });
    const peer = await world.tlsPeer(server.port, { ALPNProtocols: ["imap"] });
    const accepted = await server.accept();
    const { socket } = accepted;
    expect([socket.readyState, socket.ssl, socket.host]).toEqual(["open", true, "127.0.0.1"]);
    expect(socket.tlsInfo).toMatchObject({ protocol: "TLSv1.3", alpnProtocol: "imap" });
    expect(socket.port).toBe(peer.socket.localPort);
    peer.wire.write(pattern(4 * MIB));
    socket.send(pattern(4 * MIB, 1));
    expect(difference(await accepted.got(4 * MIB), pattern(4 * MIB))).toBeNull();
    expect(difference(await peer.got(4 * MIB), pattern(4 * MIB, 1))).toBeNull();
    socket.close();
    await accepted.fired("close");
    await peer.fired("end");
    expect(accepted.types).not.toContain("open");
    expect(accepted.types).not.toContain("error");
    expect(peer.events).not.toContain("error");
  },
);

tlsTest("M94: data that comes with the end of the handshake waits for handlers", async (world) => {
  const server = await listening(world);
  const peers = await Promise.all(Array.from({ length: 20 }, () => world.tlsPeer(server.port)));
  for (const [i, peer] of peers.entries()) peer.wire.write(latin1(`peer ${i};`));
  const texts: string[] = [];
  for (let i = 1; i <= 20; i++) {
    const accepted = await server.accept(i);
    await accepted.until("all", () => text(accepted.bytes).endsWith(";"));
    texts.push(text(accepted.bytes));
  }
  expect(texts.sort()).toEqual(peers.map((_, i) => `peer ${i};`).sort());
});

tlsTest("our client and our server", async (world) => {
  const server = await listening(world);
  const client = await world.openSecure(server.port, {}, HOST);
  await client.fired("open");
  const accepted = await server.accept();
  client.socket.send("question");
  expect(text(await accepted.got(8))).toBe("question");
  accepted.socket.send("answer");
  accepted.socket.close();
  await client.fired("close");
  expect(text(client.bytes)).toBe("answer");
  expect(client.types).toBe("open data close");
});

tlsTest("M109: on a TLS listener's socket upgradeToSecure() does nothing", async (world) => {
  const server = await listening(world);
  const peer = await world.tlsPeer(server.port);
  const accepted = await server.accept();
  await accepted.socket.upgradeToSecure();
  accepted.socket.send("x");
  expect(text(await peer.got(1))).toBe("x");
});

describe("nobody learns of a connection whose handshake fails", () => {
  tlsTest("plaintext", async (world) => {
    const server = await listening(world);
    const peer = await world.plainPeer(server.port);
    peer.wire.write(latin1("EHLO who\r\nMAIL FROM:<>\r\n"));
    await peer.until("the end", () => peer.events !== "");
    await expectAlive(world, server);
  });

  for (const way of ["end", "reset"] as const) {
    tlsTest(`the client's ${way}, with and without a byte`, async (world) => {
      const server = await listening(world);
      for (const bytes of [[], [22], [22, 3, 1, 2, 0, 1]]) {
        const peer = await world.plainPeer(server.port);
        peer.wire.write(new Uint8Array(bytes));
        peer.wire[way]();
        if (way === "end") await peer.until("the end", () => peer.events !== "");
      }
      await expectAlive(world, server);
    });
  }

  tlsTest("old versions, a client that does not trust it", async (world) => {
    const server = await listening(world);
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1" } as const;
    const ciphers = "DEFAULT@SECLEVEL=0";
    await expect(world.tlsPeer(server.port, { ...old, ciphers })).rejects.toThrow();
    const distrust = { servername: "mail.test", maxVersion: "TLSv1.2" } as const;
    await expect(world.tlsPeer(server.port, distrust)).rejects.toThrow();
    const peer = await world.tlsPeer(server.port);
    peer.wire.write(latin1("alive"));
    await world.settled();
    const texts = server.accepted.map((watch) => text(watch.bytes));
    expect(texts.filter((one) => one !== "")).toEqual(["alive"]);
  });

  tlsTest("handshakeTimeout: silence is closed, whoever is through stays", async (world) => {
    const server = await listening(world, {}, { handshakeTimeout: 700 });
    const through = await world.tlsPeer(server.port);
    const silent = await world.plainPeer(server.port);
    const slow = await world.plainPeer(server.port);
    slow.wire.write(new Uint8Array([22, 3, 1]));
    for (const peer of [silent, slow]) await peer.until("the end", () => peer.events !== "");
    through.wire.write(latin1("still here"));
    expect(text(await (await server.accept()).got(10))).toBe("still here");
    expect(server.accepted).toHaveLength(1);
  });

  tlsTest("idleTimeout is for who is through, never for the listener", async (world) => {
    const server = await listening(world, {}, { idleTimeout: 100 });
    for (let round = 1; round <= 3; round++) {
      await world.tlsPeer(server.port);
      const accepted = await server.accept(round);
      await accepted.fired("close");
      expect(failureOf(accepted)).toEqual(TIMED_OUT);
    }
  });

  tlsTest("close() of the server ends handshakes that are under way", async (world) => {
    const server = await listening(world);
    const peer = await world.plainPeer(server.port);
    peer.wire.write(new Uint8Array([22, 3, 1]));
    await world.settled();
    server.server.close();
    await peer.until("the end", () => peer.events !== "");
    expect(server.accepted).toHaveLength(0);
  });
});

tlsTest("a client of TLS 1.2 that renegotiates is refused", async (world) => {
  const server = await listening(world);
  const { ca } = await certificate();
  const how = { port: server.port, host: ADDRESS, ca, maxVersion: "TLSv1.2" } as const;
  const wire = tls.connect({ ...how, servername: HOST });
  try {
    await once(wire, "secureConnect");
    const failed = once(wire, "error");
    wire.renegotiate({}, () => {});
    expect((await failed)[0]).toMatchObject({ code: "ERR_SSL_NO_RENEGOTIATION" });
  } finally {
    wire.destroy();
  }
});

/**
 * What handshakes cost, and that nothing of them is left: sockets of the system, handles of the
 * engine, memory, however they end; and no more than so many at a time.
 */
import { expect } from "vitest";
import { Engine } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { latin1, text } from "./support/bytes.ts";
import type { PlainPeer } from "./support/tls-peer.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Listening } from "./support/world.ts";

/** The system's connections of this thread, both ends of each. */
function connections(): number {
  return process.getActiveResourcesInfo().filter((name) => /^TCPSocketWrap/.test(name)).length;
}

function engineOf(): Engine {
  return new Engine({ host: nodeHost, memoryBytes: 16 << 20 });
}

/** Clients of a TLS listener that fail in one way or another, and all that they fail by. */
async function failing(world: TlsWorld, { port }: Listening): Promise<void> {
  const distrust = world.tlsPeer(port, { servername: "mail.test" });
  await distrust.catch(() => {});
  for (const bytes of ["", "no TLS\n\n", "\x16\x03\x01"]) {
    const peer = await world.plainPeer(port);
    peer.wire.write(latin1(bytes));
    if (bytes.length !== 8) peer.wire.end();
    await peer.until("the end", () => peer.events !== "");
    peer.wire.destroy();
  }
  const reset = await world.plainPeer(port);
  reset.wire.reset();
}

/** An upgrade of an accepted socket that fails. */
async function failingUpgrade(
  world: TlsWorld,
  { port, accept, accepted }: Listening,
): Promise<void> {
  const next = accepted.length + 1;
  const peer = await world.plainPeer(port);
  const watch = await accept(next);
  watch.socket.upgradeToSecure();
  peer.wire.write(latin1("no TLS\n\n"));
  await watch.fired("close");
  peer.wire.destroy();
}

tlsTest("nothing is left of handshakes that failed", async (world) => {
  const engine = engineOf();
  const { ca } = await certificate();
  const tls = await identity();
  const server = world.listen({ engine, useSecureTransport: true, tls, handshakeTimeout: 2000 });
  const plain = world.listen({ engine, tls });
  const listeners = engine.stats.sockets;
  const before = connections();
  for (let round = 0; round < 5; round++) {
    await failing(world, server);
    await failingUpgrade(world, plain);
    const wrong = { engine, useSecureTransport: true, tls: { ca } };
    const client = world.open(server.port, wrong, "mail.test");
    await client.fired("close");
  }
  while (connections() > before || engine.stats.sockets > listeners) await world.settled();
  const { poolBytes, poolFreeBytes } = engine.stats;
  expect(poolFreeBytes).toBe(poolBytes);
});

tlsTest("nothing is left of sockets that were secure and closed", async (world) => {
  const engine = engineOf();
  const { ca } = await certificate();
  const server = world.listen({ engine, useSecureTransport: true, tls: await identity() });
  const listeners = engine.stats.sockets;
  const before = connections();
  for (let round = 1; round <= 5; round++) {
    const secure = { engine, useSecureTransport: true, tls: { ca } };
    const client = world.open(server.port, secure, HOST);
    await client.fired("open");
    const accepted = await server.accept(round);
    client.socket.send("x".repeat(100_000));
    if (round % 2) client.socket.close();
    else client.socket.closeImmediately();
    await client.fired("close");
    await accepted.fired("close");
  }
  while (connections() > before || engine.stats.sockets > listeners) await world.settled();
  expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
});

tlsTest(
  "1024 handshakes at a time: a further one ends the oldest, and good ones go on",
  async (world) => {
    const engine = engineOf();
    const server = world.listen({ engine, useSecureTransport: true, tls: await identity() });
    const silent: PlainPeer[] = [];
    for (let i = 0; i < 1024; i++) silent.push(await world.plainPeer(server.port));
    await world.settled();
    expect(silent.filter(({ events }) => events !== "")).toEqual([]);
    const peer = await world.tlsPeer(server.port);
    peer.wire.write(latin1("through"));
    expect(text(await (await server.accept()).got(7))).toBe("through");
    const [oldest, ...others] = silent;
    await oldest?.until("the end", () => oldest.events !== "");
    expect(others.filter(({ events }) => events !== "")).toEqual([]);
  },
);

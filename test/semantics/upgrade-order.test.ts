/**
 * What is sent around upgradeToSecure(), on the wire: before it in plaintext, after it never.
 * bufferedAmount, drain, close() and suspend counts go through it.
 */
import { describe, expect } from "vitest";
import { HOST } from "../support/certificates.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import type { PlainPeer } from "./support/tls-peer.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

/** More than a high-water mark. */
const LARGE = 100_000;

/** `bytes` are exactly `plaintext`, then a ClientHello. */
function expectPlainThenTls(bytes: Uint8Array, plaintext: Uint8Array): void {
  expect(difference(bytes.slice(0, plaintext.length), plaintext)).toBeNull();
  const hello = bytes.slice(plaintext.length);
  expect([...hello.slice(0, 2)], "a handshake record").toEqual([22, 3]);
  expect(hello[5], "a ClientHello").toBe(1);
  expect(text(hello)).not.toContain("secret");
}

/** The peer stops reading, so what is sent must wait. */
async function stalled(world: TlsWorld): Promise<[Watch, PlainPeer]> {
  const [client, peer] = await world.plain({}, HOST);
  peer.wire.pause();
  return [client, peer];
}

tlsTest("M104: plaintext before, a ClientHello behind it, nothing else", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  const { socket } = client;
  socket.send("one ");
  socket.send("two");
  const upgraded = socket.upgradeToSecure();
  upgraded.catch(() => {});
  socket.send("secret");
  await peer.got(7 + 6);
  await world.settled();
  expectPlainThenTls(peer.bytes, latin1("one two"));
});

tlsTest("M104: with nothing in flight TLS begins at once", async (world) => {
  const [client, peer] = await world.plain({}, HOST);
  client.socket.upgradeToSecure().catch(() => {});
  client.socket.send("secret");
  await peer.got(6);
  await world.settled();
  expectPlainThenTls(peer.bytes, latin1(""));
});

tlsTest("M104: it waits until megabytes of plaintext have left", async (world) => {
  const [client, peer] = await stalled(world);
  const plaintext = pattern(world.plenty);
  client.socket.send(plaintext);
  client.socket.upgradeToSecure().catch(() => {});
  expect(client.socket.ssl, "M103").toBe(true);
  client.socket.send("secret");
  await world.settled();
  peer.wire.resume();
  await peer.got(world.plenty + 6);
  await world.settled();
  expectPlainThenTls(peer.bytes, plaintext);
});

tlsTest("M104: what was sent after arrives, in order, under TLS", async (world) => {
  const [client, peer] = await stalled(world);
  const { socket } = client;
  socket.send(pattern(LARGE));
  const upgraded = socket.upgradeToSecure();
  for (let i = 0; i < 100; i++) socket.send(pattern(1000, i));
  const [plaintext, secured] = await peer.secureBehind(LARGE, identity());
  await upgraded;
  socket.send("last");
  const expected = Buffer.concat(Array.from({ length: 100 }, (_, i) => pattern(1000, i)));
  const came = await secured.got(LARGE + 4);
  expect(difference(plaintext, pattern(LARGE))).toBeNull();
  expect(difference(came, Buffer.concat([expected, Buffer.from("last")]))).toBeNull();
});

tlsTest("M108: two sockets that upgrade at once do not share what waits", async (world) => {
  const pairs = [await world.plain({}, HOST), await world.plain({}, HOST)];
  const upgrades = pairs.map(([{ socket }], i) => {
    const upgraded = socket.upgradeToSecure();
    socket.send(`for ${i}`);
    return upgraded;
  });
  const secured = await Promise.all(pairs.map(async ([, peer]) => peer.secureServer(identity())));
  await Promise.all(upgrades);
  for (const [i, peer] of secured.entries()) expect(text(await peer.got(5))).toBe(`for ${i}`);
});

describe("bufferedAmount and drain", () => {
  tlsTest("M78 M79: both queues count, in the app's bytes", async (world) => {
    const [client, peer] = await stalled(world);
    const { socket } = client;
    socket.send(pattern(world.plenty));
    await world.settled();
    const before = socket.bufferedAmount;
    expect(before).toBeGreaterThan(0);
    socket.upgradeToSecure().catch(() => {});
    expect(socket.bufferedAmount).toBe(before);
    expect(socket.send(pattern(1000))).toBe(false);
    expect(socket.bufferedAmount).toBe(before + 1000);
    peer.wire.resume();
    await peer.got(world.plenty + 6);
    await world.settled();
    expect(socket.bufferedAmount, "the peer has not answered yet").toBe(1000);
  });

  tlsTest("M70 M79: under TLS send() answers as ever", async (world) => {
    const [client] = await world.plain({}, HOST);
    const { socket } = client;
    socket.upgradeToSecure().catch(() => {});
    expect(socket.send(pattern(65_536))).toBe(true);
    expect(socket.send(pattern(1))).toBe(false);
    expect(socket.bufferedAmount).toBe(65_537);
  });

  tlsTest("M85: drain waits for what waits for TLS, and comes once", async (world) => {
    const [client, peer] = await stalled(world);
    const { socket } = client;
    expect(socket.send(pattern(LARGE))).toBe(false);
    const upgraded = socket.upgradeToSecure();
    socket.send(pattern(LARGE, 1));
    const drained = socket.drained;
    await world.settled();
    expect(client.types).toBe("open");
    const [, secured] = await peer.secureBehind(LARGE, identity());
    await upgraded;
    const { bufferedAmount } = await client.fired("drain");
    await drained;
    expect(bufferedAmount).toBe(0);
    expect(difference(await secured.got(LARGE), pattern(LARGE, 1))).toBeNull();
    await world.settled();
    expect(client.types).toBe("open drain");
  });

  tlsTest("M84: with nothing behind the upgrade, drain does not wait for TLS", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    client.socket.send(pattern(LARGE));
    client.socket.upgradeToSecure().catch(() => {});
    await client.fired("drain");
    await peer.got(LARGE);
    expect(client.types).toBe("open drain");
  });
});

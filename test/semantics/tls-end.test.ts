/**
 * How a TLS connection ends. A FIN without close_notify in front of it may be an attacker's, who
 * cuts the stream short: Node does not tell it from a proper end, so neither can we; framing can.
 */
import { describe, expect } from "vitest";
import { framing, type SocketOptions } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { failureOf, INTERRUPTED } from "./support/tls-failure.ts";
import type { TlsPeer } from "./support/tls-peer.ts";
import { TlsRelay } from "./support/tls-relay.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const LARGE = 3_000_000;
const whole = (available: number): number => available;

/** A client and its peer, and between them a relay that can cut the stream short. */
async function relayed(
  world: TlsWorld,
  options: SocketOptions = {},
): Promise<[Watch, TlsPeer, TlsRelay]> {
  const { ca } = await certificate();
  const { port, accept } = await world.tlsPeers();
  const relay = await TlsRelay.to(port, () => whole);
  const secure = { useSecureTransport: true, tls: { ca } };
  const client = world.open(relay.port, { ...secure, ...options }, HOST);
  const peer = await accept();
  await client.fired("open");
  return [client, peer, relay];
}

describe("a stream that is cut short, without close_notify", () => {
  tlsTest("node:tls takes it for an end, and says no error", async (world) => {
    const { port, accept } = await world.tlsPeers();
    const relay = await TlsRelay.to(port, () => whole);
    const client = await world.tlsPeer(relay.port);
    (await accept()).wire.write(latin1("pay 100"));
    await client.got(7);
    relay.truncate();
    await client.fired("end");
    expect(client.events).toBe("end");
    relay.close();
  });

  tlsTest("what came is delivered, and close has no error either", async (world) => {
    const [client, peer, relay] = await relayed(world);
    peer.wire.write(latin1("pay 100"));
    await client.got(7);
    relay.truncate();
    await client.fired("close");
    expect(text(client.bytes)).toBe("pay 100");
    expect(client.types).toBe("open data close");
    relay.close();
  });

  tlsTest("M59: in the middle of a message: NetworkInterruptError", async (world) => {
    const lines = { framing: framing.lines({ eol: "\n" }) };
    const [client, peer, relay] = await relayed(world, lines);
    peer.wire.write(latin1("a line\npay 100"));
    await client.got(6);
    await world.settled();
    relay.truncate();
    await client.fired("close");
    expect(failureOf(client)).toEqual(INTERRUPTED);
    expect(client.chunks).toEqual(["a line"]);
    relay.close();
  });

  tlsTest("M59: in the middle of a record, nothing of it is delivered", async (world) => {
    const { port, accept } = await world.plainPeers();
    const { ca } = await certificate();
    const client = world.open(port, { tls: { ca } }, HOST);
    const peer = await accept();
    await client.fired("open");
    const upgraded = client.socket.upgradeToSecure();
    await peer.secureServer(identity());
    await upgraded;
    peer.wire.write(new Uint8Array([23, 3, 3, 0, 100, 1, 2, 3]));
    peer.wire.end();
    await client.fired("close");
    expect(client.received).toBe(0);
  });
});

describe("a record that was changed on its way", () => {
  tlsTest("M55: is a SecurityError, and nothing of it is delivered", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const upgraded = client.socket.upgradeToSecure();
    await peer.secureServer(identity());
    await upgraded;
    peer.wire.write(new Uint8Array([23, 3, 3, 0, 24, ...pattern(24)]));
    await client.fired("close");
    expect(failureOf(client).slice(0, 2)).toEqual(["SecurityError", "SecurityProtocol"]);
    expect(client.received).toBe(0);
    expect(client.types).toBe("open error close");
  });
});

describe("our end", () => {
  tlsTest(
    "M87 M88: close() sends everything to a slow reader, then close_notify",
    async (world) => {
      const { port, accept } = await world.tlsPeers();
      const client = await world.openSecure(port, {}, HOST);
      const peer = await accept();
      peer.wire.pause();
      await client.fired("open");
      client.socket.send(pattern(LARGE));
      client.socket.close();
      await world.settled();
      peer.wire.resume();
      expect(difference(await peer.got(LARGE), pattern(LARGE))).toBeNull();
      await peer.fired("end");
      await client.fired("close");
      expect(peer.events).toBe("end");
      expect(client.types).toBe("open drain close");
    },
  );

  tlsTest("M89: closeImmediately(): no reset, whatever is unread", async (world) => {
    const { port, accept } = await world.tlsPeers();
    const client = await world.openSecure(port, {}, HOST);
    const peer = await accept();
    await client.fired("open");
    client.socket.suspend();
    peer.wire.write(pattern(1000));
    await world.settled();
    client.socket.send(pattern(LARGE));
    client.socket.closeImmediately();
    await client.fired("close");
    await peer.fired("end");
    expect(peer.events).not.toContain("error");
    expect(peer.received).toBeLessThan(LARGE);
    expect(client.types).toBe("open close");
  });

  tlsTest("M92b: the peer ends while we still send: it gets all of it", async (world) => {
    const { port, accept } = await world.tlsPeers();
    const client = await world.openSecure(port, {}, HOST);
    const peer = await accept();
    await client.fired("open");
    peer.wire.pause();
    client.socket.send(pattern(LARGE));
    peer.wire.end();
    await world.settled();
    peer.wire.resume();
    expect(difference(await peer.got(LARGE), pattern(LARGE))).toBeNull();
    await client.fired("close");
    expect(client.types).toBe("open drain close");
  });
});

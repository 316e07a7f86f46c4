/** Chapter 9 of Mozilla's API: close() and closeImmediately(), as we and as the peer see them. */
import { expect } from "vitest";
import { difference, pattern } from "./support/bytes.ts";
import type { Peer } from "./support/peer.ts";
import { EVERYWHERE, inWorlds, LOOPBACK, NODE, WIDE, type World } from "./support/world.ts";

/** The most that may be in one write, which nobody can take back (and neither a kernel's share). */
const WRITE_BYTES_MAX = 262_144;

/** The peer ends too and has seen a FIN and nothing worse, however long one looks. */
async function parted(world: World, peer: Peer): Promise<void> {
  await peer.fired("end");
  peer.wire.end();
  await world.settled();
  expect(peer.events).toMatch(/^end( close)?$/);
}

inWorlds(EVERYWHERE, (test) => {
  test("M87: what is buffered is sent in full, then FIN, then close", async (world) => {
    const [client, peer] = await world.client();
    const size = world.mark * 4;
    client.socket.send(pattern(size));
    client.socket.close();
    expect(client.socket.bufferedAmount).toBe(size);
    await client.fired("close");
    expect(client.socket.bufferedAmount).toBe(0);
    await parted(world, peer);
    expect(difference(peer.bytes, pattern(size))).toBeNull();
  });

  test("M87: it waits as long as the peer does not read", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    client.socket.send(pattern(world.plenty));
    client.socket.close();
    await world.settled();
    expect(client.socket.readyState).toBe("closing");
    expect(client.types).toBe("open");
    peer.wire.resume();
    await client.fired("close");
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(world.plenty))).toBeNull();
  });

  test("M88: close does not wait for the peer's FIN", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send("bye");
    client.socket.close();
    await client.fired("close");
    await peer.fired("end");
    // A bare peer never answers a FIN by itself: it has not, and yet we are closed.
    expect(peer.events).toBe("end");
    expect(peer.received).toBe(3);
  });

  for (const how of ["close", "closeImmediately"] as const) {
    test(`M88 M89: ${how}() with unread input sends FIN, not RST`, async (world) => {
      const [client, peer] = await world.client();
      client.socket.suspend();
      peer.wire.write(pattern(3 * world.mark));
      await world.settled();
      client.socket.send("bye");
      await peer.got(3);
      client.socket[how]();
      await client.fired("close");
      await parted(world, peer);
      expect(client.types, "input is discarded").toBe("open close");
    });

    test(`M88: input that comes after ${how}() is discarded, not refused`, async (world) => {
      const [client, peer] = await world.client();
      client.socket[how]();
      await client.fired("close");
      peer.wire.write(pattern(2 * world.mark));
      await parted(world, peer);
      expect(client.types).toBe("open close");
    });
  }

  test("M73 M89: two sends of 65539 bytes and closeImmediately() in one turn", async (world) => {
    const [client, served] = await world.pair();
    client.socket.send(pattern(65_539));
    client.socket.send(pattern(65_539));
    client.socket.closeImmediately();
    await client.fired("close");
    await served.fired("close");
    expect(served.received).toBeLessThan(131_078);
    expect(client.types).toBe("open close");
    expect(served.types).toMatch(/^(data )?close$/);
  });

  test("M87: close() while send() was just called in onopen", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    client.socket.onopen = () => {
      client.socket.send(pattern(500));
      client.socket.close();
    };
    const peer = await listening.accept();
    await client.fired("close");
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(500))).toBeNull();
    expect(client.types).toBe("open close");
  });

  test("M87: both sides close at once", async (world) => {
    const [client, served] = await world.pair();
    client.socket.send(pattern(1000));
    served.socket.send(pattern(1000));
    client.socket.close();
    served.socket.close();
    await Promise.all([client.fired("close"), served.fired("close")]);
    await world.settled();
    expect([client.types, served.types]).toEqual(["open close", "close"]);
  });

  test("M87: a peer that breaks off while we flush is error, close", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    client.socket.send(pattern(world.plenty));
    client.socket.close();
    await world.settled();
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open error close");
  });
});

inWorlds(WIDE, (test) => {
  test("M89: closeImmediately() drops what is queued, no drain, no error", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    const size = world.plenty + WRITE_BYTES_MAX;
    expect(client.socket.send(pattern(size))).toBe(false);
    await world.settled();
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    client.socket.closeImmediately();
    expect(client.socket.bufferedAmount).toBe(0);
    expect(client.socket.readyState).toBe("closing");
    await client.fired("close");
    expect(client.types).toBe("open close");
    peer.wire.resume();
    await peer.until("FIN or RST", () => peer.events !== "");
    expect(peer.events.split(" ")[0]).toBe("end");
    expect(peer.received).toBeLessThan(size);
    expect(difference(peer.bytes, pattern(size).subarray(0, peer.received))).toBeNull();
  });

  test("M90: closeImmediately() after close() stops waiting", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    const size = world.plenty + WRITE_BYTES_MAX;
    client.socket.send(pattern(size));
    client.socket.close();
    await world.settled();
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    client.socket.closeImmediately();
    expect(client.socket.bufferedAmount).toBe(0);
    await client.fired("close");
    expect(client.types).toBe("open close");
    peer.wire.resume();
    await peer.until("FIN or RST", () => peer.events !== "");
    expect(peer.events.split(" ")[0]).toBe("end");
    expect(peer.received).toBeLessThan(size);
  });
});

inWorlds(LOOPBACK, (test) => {
  for (const how of ["close", "closeImmediately"] as const) {
    test(`M88: ${how}(): the transport goes after half a second of a silent peer`, async (world) => {
      const [client] = await world.client();
      const { network, engine } = world;
      if (!network || !engine) throw new Error("in memory only");
      client.socket[how]();
      await client.fired("close");
      const closed = network.now;
      await network.run(closed + 400);
      expect(engine.stats.sockets, "lingers").toBe(1);
      expect(network.connections).toHaveLength(1);
      await network.run(closed + 600);
      expect(engine.stats.sockets).toBe(0);
    });
  }

  test("M88: the transport goes at once at the peer's FIN", async (world) => {
    const [client, peer] = await world.client();
    const { network, engine } = world;
    if (!network || !engine) throw new Error("in memory only");
    client.socket.close();
    await client.fired("close");
    const closed = network.now;
    peer.wire.end();
    await network.run(closed + 100);
    expect(engine.stats.sockets).toBe(0);
    expect(peer.events).toBe("end");
  });
});

inWorlds([...NODE, ...LOOPBACK.slice(0, 1)], (test) => {
  test("M88: no more than a MiB of input is discarded", async (world) => {
    const [client, peer] = await world.client();
    client.socket.close();
    await client.fired("close");
    // Would go on for long if it were all read: the connection is dropped instead.
    const chunk = pattern(world.mark);
    for (let i = 0; i < 512; i++) peer.wire.write(chunk);
    await peer.fired("close");
    expect(peer.events).toMatch(/error close$/);
  });
});

/** Chapter 8 of Mozilla's API: bufferedAmount and the drain event. */
import { expect } from "vitest";
import { Engine, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import type { ConnectTarget, Sink, Transport } from "../../host/transport.ts";
import { difference, pattern } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds, LOOPBACK } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M78: grows inside send(), never by itself, and falls to 0", async (world) => {
    const [{ socket }, peer] = await world.client();
    let sum = 0;
    for (const size of [1, 1000, world.mark, 0, 5]) {
      socket.send(pattern(size));
      sum += size;
      expect(socket.bufferedAmount).toBe(sum);
    }
    let before = sum;
    // Bounded, so that a socket that never gets rid of its bytes fails the test.
    for (let turn = 0; turn < 20_000 && socket.bufferedAmount > 0; turn++) {
      await new Promise((resume) => setImmediate(resume));
      expect(socket.bufferedAmount).toBeLessThanOrEqual(before);
      before = socket.bufferedAmount;
    }
    expect(socket.bufferedAmount).toBe(0);
    await peer.got(sum);
  });

  test("M75 M76 M78: counts what is in flight and what waits behind it, live", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    const { socket } = client;
    socket.send(pattern(world.plenty));
    expect(socket.bufferedAmount).toBe(world.plenty);
    await world.settled();
    const stuck = socket.bufferedAmount;
    expect(stuck, "more than a kernel takes").toBeGreaterThan(0);
    expect(stuck, "but it takes some").toBeLessThan(world.plenty);
    socket.send(pattern(100));
    expect(socket.bufferedAmount).toBe(stuck + 100);
    await world.settled();
    expect(socket.bufferedAmount).toBe(stuck + 100);
    peer.wire.resume();
    await client.fired("drain");
    expect(socket.bufferedAmount).toBe(0);
    await peer.got(world.plenty + 100);
  });

  for (const end of ["closeImmediately", "reset"] as const) {
    test(`M78: is 0 after ${end}`, async (world) => {
      const [client, peer] = await world.client({}, { paused: true });
      client.socket.send(pattern(world.plenty));
      await world.settled();
      expect(client.socket.bufferedAmount).toBeGreaterThan(0);
      if (end === "reset") {
        peer.wire.reset();
      } else {
        client.socket.closeImmediately();
        expect(client.socket.bufferedAmount).toBe(0);
      }
      await client.fired("close");
      expect(client.socket.bufferedAmount).toBe(0);
      for (const { type, bufferedAmount } of client.seen) expect(bufferedAmount, type).toBe(0);
      expect(client.types, "no drain").toBe(end === "reset" ? "open error close" : "open close");
    });
  }

  test("M80: no drain unless a send() returned false", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    for (let i = 0; i < 3; i++) {
      expect(client.socket.send(pattern(world.mark))).toBe(true);
      await peer.got((i + 1) * world.mark);
      await world.settled();
      expect(client.socket.bufferedAmount).toBe(0);
    }
    client.socket.close();
    await client.fired("close");
    expect(client.types).toBe("open close");
  });

  test("M80: drain comes when all is with the system, bufferedAmount 0 inside", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    expect(client.socket.send(pattern(4 * world.mark))).toBe(false);
    expect(client.types, "not inside send()").toBe("open");
    const { bufferedAmount, readyState } = await client.fired("drain");
    expect([bufferedAmount, readyState]).toEqual([0, "open"]);
    expect(difference(await peer.got(4 * world.mark), pattern(4 * world.mark))).toBeNull();
  });

  test("M80: lowWaterMark moves the point of drain", async (world) => {
    const marks = { highWaterMark: 500, lowWaterMark: 100 };
    const [client, peer] = await world.client(marks, { paused: true });
    client.socket.send(pattern(world.plenty));
    await world.settled();
    expect(client.types).toBe("open");
    peer.wire.resume();
    const { bufferedAmount } = await client.fired("drain");
    expect(bufferedAmount).toBeLessThanOrEqual(100);
    await peer.got(world.plenty);
    await world.settled();
    expect(client.types).toBe("open drain");
  });

  test("M80: below lowWaterMark from the start, drain still follows a false", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: 10, lowWaterMark: 1000 });
    expect(client.socket.send(pattern(100))).toBe(false);
    await client.fired("drain");
    await peer.got(100);
    await world.settled();
    expect(client.types).toBe("open drain");
  });

  test("M81: many sends that returned false make one drain", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    for (let i = 0; i < 5; i++) expect(client.socket.send(pattern(world.mark + 1))).toBe(false);
    expect(client.socket.send("")).toBe(false);
    await client.fired("drain");
    await peer.got(5 * (world.mark + 1));
    await world.settled();
    expect(client.types).toBe("open drain");
  });

  test("M71 M81: later sends before the drain do not disarm or double it", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    expect(client.socket.send(pattern(world.mark + 1))).toBe(false);
    await null;
    client.socket.send("small");
    await client.fired("drain");
    await peer.got(world.mark + 6);
    await world.settled();
    expect(client.types).toBe("open drain");
    expect(client.seen.at(-1)?.bufferedAmount).toBe(0);
  });

  test("M82: crossing again after a drain makes another", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    for (let round = 1; round <= 3; round++) {
      expect(client.socket.send(pattern(world.mark))).toBe(true);
      expect(client.socket.send(pattern(1))).toBe(false);
      await client.fired("drain", round);
      expect(client.all("drain")).toHaveLength(round);
    }
    await peer.got(3 * (world.mark + 1));
  });

  test("M83: send() inside ondrain may arm it again", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    const { socket } = client;
    let left = 3;
    socket.ondrain = () => {
      if (left-- > 0) expect(socket.send(pattern(world.mark + 1))).toBe(false);
    };
    socket.send(pattern(world.mark + 1));
    await client.fired("drain", 4);
    await peer.got(4 * (world.mark + 1));
    await world.settled();
    expect(client.all("drain")).toHaveLength(4);
  });

  test("M84 M86: in closing: drain, then close, nothing else", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    client.socket.send(pattern(world.mark * 3));
    client.socket.close();
    await client.fired("close");
    expect(client.types).toBe("open drain close");
    expect(client.states).toEqual(["open", "closing", "closed"]);
    expect(client.all("drain")[0]?.bufferedAmount).toBe(0);
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(world.mark * 3))).toBeNull();
  });

  test("M84: close() inside ondrain", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    client.socket.ondrain = () => {
      client.socket.send("last");
      client.socket.close();
    };
    client.socket.send(pattern(world.mark + 1));
    await client.fired("close");
    expect(client.types).toBe("open drain close");
    await peer.fired("end");
    expect(peer.received).toBe(world.mark + 5);
  });

  test("M84: a failure makes error and close, no drain", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    expect(client.socket.send(pattern(world.plenty))).toBe(false);
    await world.settled();
    client.socket.close();
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open error close");
    expect(client.socket.bufferedAmount).toBe(0);
  });
});

/** A network that tells what it reported as sent, after the engine has heard of it. */
class Counting extends Loopback {
  onsent: (count: number) => void = () => {};

  override connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
    const sent = (count: number): void => {
      sink.sent(count);
      this.onsent(count);
    };
    const get = (of: Sink, name: keyof Sink) => {
      const value = of[name];
      if (typeof value !== "function") return value;
      return name === "sent" ? sent : value.bind(of);
    };
    return super.connect(
      target,
      window,
      new Proxy(sink, { get: get as ProxyHandler<Sink>["get"] }),
    );
  }
}

inWorlds(LOOPBACK, (test) => {
  test("M77 M78: is exact: what was sent less what the host has confirmed", async (_, {
    network,
  }) => {
    const host = new Counting(network);
    const listening = host.listenRaw(0, () => {});
    const socket = new TCPSocket("127.0.0.1", listening.port, { engine: new Engine({ host }) });
    let expected = 0;
    let confirmations = 0;
    host.onsent = (count) => {
      expected -= count;
      confirmations++;
      expect(socket.bufferedAmount).toBe(expected);
    };
    await new Promise((resume) => {
      socket.onopen = resume;
    });
    for (let round = 0; round < 3; round++) {
      for (const size of [1, 700, 0, 1500]) {
        socket.send(pattern(size));
        expected += size;
        expect(socket.bufferedAmount).toBe(expected);
      }
      for (let turn = 0; turn < 5; turn++) host.step();
    }
    await host.run();
    expect([socket.bufferedAmount, expected]).toEqual([0, 0]);
    expect(confirmations).toBeGreaterThan(0);
    socket.close();
  });
});

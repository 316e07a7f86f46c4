/** Chapter 12 of Mozilla's API: suspend() and resume(). */
import { expect } from "vitest";
import { difference, pattern } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M95: n suspends need n resumes", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    for (let i = 0; i < 3; i++) socket.suspend();
    peer.wire.write(pattern(100));
    for (let i = 0; i < 2; i++) {
      socket.resume();
      await world.settled();
      expect(client.types).toBe("open");
    }
    socket.resume();
    await client.got(100);
  });

  test("M95 M97: while connecting it counts, and holds once open", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    client.socket.suspend();
    client.socket.suspend();
    client.socket.resume();
    const peer = await listening.accept();
    peer.wire.write(pattern(100));
    await client.fired("open");
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.resume();
    await client.got(100);
    expect(() => client.socket.resume()).toThrow(DOMException);
  });

  test("M95: in onopen", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    client.socket.onopen = () => client.socket.suspend();
    const peer = await listening.accept();
    peer.wire.write(pattern(100));
    await client.fired("open");
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.resume();
    await client.got(100);
  });

  test("M95: after closed it just counts", async (world) => {
    const [client] = await world.pair();
    const { socket } = client;
    socket.close();
    socket.suspend();
    await client.fired("close");
    socket.suspend();
    socket.resume();
    socket.resume();
    expect(() => socket.resume()).toThrow(DOMException);
    expect(socket.readyState).toBe("closed");
    await world.settled();
    expect(client.types).toBe("open close");
    socket.suspend(); // its connection is gone, too
    socket.resume();
    expect(() => socket.resume()).toThrow(DOMException);
  });

  test("M96: resume() without suspend() is an InvalidStateError", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    const error = expect.objectContaining({ name: "InvalidStateError" });
    const attempt = () => client.socket.resume();
    expect(attempt).toThrow(error);
    const peer = await listening.accept();
    await client.fired("open");
    expect(attempt).toThrow(DOMException);
    expect(attempt).toThrow(error);
    client.socket.suspend();
    client.socket.resume();
    expect(attempt).toThrow(error);
    peer.wire.write(pattern(10));
    await client.got(10);
  });

  test("M98: bytes come in order after resume(), not inside it", async (world) => {
    const [client, peer] = await world.client();
    client.socket.suspend();
    for (let i = 0; i < 5; i++) peer.wire.write(pattern(100, i * 100));
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.resume();
    expect(client.types, "not inside resume()").toBe("open");
    peer.wire.write(pattern(100, 500));
    expect(difference(await client.got(600), pattern(600))).toBeNull();
  });

  test("M98: what is held is bounded: the peer has to wait", async (world) => {
    const [client, served] = await world.pair();
    client.socket.suspend();
    served.socket.send(pattern(world.plenty));
    await world.settled();
    expect(served.socket.bufferedAmount).toBeGreaterThan(0);
    expect(client.received).toBe(0);
    client.socket.resume();
    expect(difference(await client.got(world.plenty), pattern(world.plenty))).toBeNull();
    await world.settled();
    expect(served.socket.bufferedAmount).toBe(0);
  });

  test("M99: the peer's FIN waits for resume() and for the data", async (world) => {
    const [client, peer] = await world.client();
    client.socket.suspend();
    peer.wire.write(pattern(600));
    peer.wire.end();
    await world.settled();
    expect(client.types).toBe("open");
    expect(client.socket.readyState).toBe("open");
    client.socket.resume();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(difference(client.bytes, pattern(600))).toBeNull();
  });

  test("M99: a FIN alone waits too", async (world) => {
    const [client, peer] = await world.client();
    client.socket.suspend();
    peer.wire.end();
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.resume();
    await client.fired("close");
    expect(client.types).toBe("open close");
  });

  test("M99: suspend() in ondata holds back a FIN that came with the data", async (world) => {
    const [client, peer] = await world.client();
    client.socket.ondata = () => client.socket.suspend();
    peer.wire.write(pattern(1));
    peer.wire.end();
    await client.got(1);
    await world.settled();
    expect(client.types).toBe("open data");
    client.socket.resume();
    await client.fired("close");
    expect(client.types).toBe("open data close");
  });

  test("M99: failures to write are told all the same", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    client.socket.suspend();
    client.socket.send(pattern(world.plenty));
    await world.settled();
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open error close");
  });

  for (const how of ["close", "closeImmediately"] as const) {
    test(`M99: ${how}() while suspended works and discards`, async (world) => {
      const [client, peer] = await world.client();
      client.socket.suspend();
      peer.wire.write(pattern(600));
      await world.settled();
      client.socket[how]();
      await client.fired("close");
      await peer.fired("end");
      await world.settled();
      expect(client.types).toBe("open close");
      client.socket.resume();
      await world.settled();
      expect(client.types).toBe("open close");
    });
  }

  test("M100: suspend() in ondata stops after that event; resume() later goes on", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    const size = 600;
    let running = true;
    socket.ondata = () => {
      expect(running, "data while suspended").toBe(true);
      running = false;
      socket.suspend();
      setImmediate(() => {
        running = true;
        socket.resume();
      });
    };
    for (let i = 0; i < 4; i++) peer.wire.write(pattern(size / 4, (i * size) / 4));
    expect(difference(await client.got(size), pattern(size))).toBeNull();
  });

  test("M100: suspend() and resume() inside one ondata change nothing", async (world) => {
    const [client, peer] = await world.client();
    client.socket.ondata = () => {
      client.socket.suspend();
      client.socket.resume();
    };
    peer.wire.write(pattern(1000));
    await client.got(1000);
  });

  test("M101: readyState and sending are not affected", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    client.socket.suspend();
    expect(client.socket.readyState).toBe("open");
    expect(client.socket.send(pattern(2 * world.mark))).toBe(false);
    await peer.got(2 * world.mark);
    await client.fired("drain");
    expect(client.types).toBe("open drain");
  });
});

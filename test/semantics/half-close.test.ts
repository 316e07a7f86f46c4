/** Chapter 10 of Mozilla's API: the peer's FIN and RST, and the half-open mode we add. */
import { expect } from "vitest";
import { difference, pattern } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M92a: the peer's FIN with nothing buffered closes both ways, no error", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open close");
    await peer.fired("end");
    await world.settled();
    expect(peer.events).toMatch(/^end( close)?$/);
    expect(() => client.socket.send("x")).toThrow(DOMException);
  });

  test("M92a M49: data with the FIN is delivered, no event for the half close", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.write(pattern(500));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(difference(client.bytes, pattern(500))).toBeNull();
  });

  test("M92a: what is sent inside ondata is flushed though a FIN came behind", async (world) => {
    const [client, peer] = await world.client();
    client.socket.ondata = ({ data }) => client.socket.send(data);
    peer.wire.write(pattern(600));
    peer.wire.end();
    await client.fired("close");
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(600))).toBeNull();
    expect(client.types).toBe("open data close");
  });

  test("M92b: FIN while output is buffered: open until it is flushed", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    const { socket } = client;
    expect(socket.send(pattern(world.plenty))).toBe(false);
    await world.settled();
    peer.wire.end();
    await world.settled();
    expect(socket.readyState).toBe("open");
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    expect(client.types).toBe("open");
    socket.send(pattern(100, world.plenty));
    peer.wire.resume();
    await client.fired("close");
    expect(client.types).toBe("open drain close");
    expect(client.states).toEqual(["open", "open", "closed"]);
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(world.plenty + 100))).toBeNull();
  });

  test("M92b M83: send() in the drain behind the peer's FIN still leaves", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    const { socket } = client;
    socket.ondrain = () => {
      socket.ondrain = null;
      expect(socket.send(pattern(100, world.plenty))).toBe(true);
    };
    expect(socket.send(pattern(world.plenty))).toBe(false);
    await world.settled();
    peer.wire.end();
    await world.settled();
    peer.wire.resume();
    await client.fired("close");
    expect(client.types).toBe("open drain close");
    await peer.fired("end");
    expect(difference(peer.bytes, pattern(world.plenty + 100))).toBeNull();
  });

  test("M92b: close() between the FIN and the flush still ends in one close", async (world) => {
    const options = { highWaterMark: world.mark };
    const [client, peer] = await world.client(options, { paused: true });
    client.socket.send(pattern(world.plenty));
    peer.wire.end();
    await world.settled();
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    peer.wire.resume();
    await client.fired("close");
    await peer.fired("end");
    await world.settled();
    expect(client.types).toBe("open drain close");
    expect(peer.received).toBe(world.plenty);
  });

  test("M92c: RST is error, then close, even with buffered output", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    client.socket.send(pattern(world.plenty));
    await world.settled();
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open error close");
    expect(client.error?.name).toBe("NetworkError");
    expect(client.states.slice(1)).toEqual(["closed", "closed"]);
  });

  test("allowHalfOpen: the peer's FIN is end, open until we have ended too", async (world) => {
    const [client, peer] = await world.client({ allowHalfOpen: true });
    peer.wire.write(pattern(10));
    peer.wire.end();
    const { readyState } = await client.fired("end");
    expect(readyState).toBe("open");
    expect(client.types).toBe("open data end");
    expect(client.socket.send("still")).toBe(true);
    await peer.got(5);
    await world.settled();
    expect(client.socket.readyState).toBe("open");
    client.socket.halfClose();
    await client.fired("close");
    expect(client.types).toBe("open data end close");
    await peer.fired("end");
    await world.settled();
    expect(peer.events).toMatch(/^end( close)?$/);
  });

  test("allowHalfOpen: close() after end, what is buffered first", async (world) => {
    const [client, peer] = await world.client({ allowHalfOpen: true });
    peer.wire.end();
    await client.fired("end");
    client.socket.send(pattern(600));
    client.socket.close();
    await client.fired("close");
    await peer.fired("end");
    expect(peer.received).toBe(600);
    expect(client.types).toBe("open end close");
  });

  test("allowHalfOpen: accepted sockets too", async (world) => {
    const [served, peer] = await world.accepted({ allowHalfOpen: true });
    peer.wire.end();
    await served.fired("end");
    served.socket.send("answer");
    await peer.got(6);
    expect(served.socket.readyState).toBe("open");
    served.socket.close();
    await served.fired("close");
    expect(served.types).toBe("end close");
  });

  for (const allowHalfOpen of [false, true]) {
    test(`halfClose() (allowHalfOpen ${allowHalfOpen}): flushes, FIN, receives on`, async (world) => {
      const [client, peer] = await world.client({ allowHalfOpen });
      const { socket } = client;
      socket.send(pattern(2 * world.mark));
      socket.halfClose();
      expect(socket.readyState).toBe("open");
      const attempt = () => socket.send("more");
      expect(attempt).toThrow(DOMException);
      expect(attempt).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
      await peer.fired("end");
      expect(difference(peer.bytes, pattern(2 * world.mark))).toBeNull();
      peer.wire.write(pattern(500));
      await client.got(500);
      expect(socket.readyState).toBe("open");
      expect(() => socket.send("more")).toThrow(DOMException);
      peer.wire.end();
      await client.fired("close");
      const before = client.types.replace(" drain", "");
      expect(before).toBe(allowHalfOpen ? "open data end close" : "open data close");
      expect(new Set(client.states.slice(0, -1))).toEqual(new Set(["open"]));
    });
  }

  for (const allowHalfOpen of [false, true]) {
    test(`halfClose() while connecting (allowHalfOpen ${allowHalfOpen}) counts once open`, async (world) => {
      const listening = await world.peers();
      const client = world.open(listening.port, { allowHalfOpen });
      client.socket.halfClose();
      expect(client.socket.readyState).toBe("connecting");
      const peer = await listening.accept();
      await client.fired("open");
      await peer.fired("end");
      expect(client.socket.readyState).toBe("open");
      peer.wire.write(pattern(10));
      await client.got(10);
      expect(() => client.socket.send("x")).toThrow(DOMException);
      peer.wire.end();
      await client.fired("close");
      expect(client.types).toBe(allowHalfOpen ? "open data end close" : "open data close");
    });
  }

  test("halfClose(), then close(): no more data, one close", async (world) => {
    const [client, peer] = await world.client();
    client.socket.halfClose();
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    peer.wire.write(pattern(100));
    await client.fired("close");
    await peer.fired("end");
    expect(client.types).toBe("open close");
  });
});

/** Chapter 3 of Mozilla's API: readyState, and which events belong to which state. */
import { expect } from "vitest";
import { pattern } from "./support/bytes.ts";
import { turns } from "./support/signal.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M24: readyState is open inside onopen, and send() is legal there", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    let outcome: unknown;
    client.socket.onopen = () => {
      outcome = client.socket.send("hello");
    };
    const peer = await listening.accept();
    await peer.got(5);
    expect(outcome).toBe(true);
    expect(client.all("open")[0]?.readyState).toBe("open");
  });

  test("M25: a connection refused is error, then close, closed in both", async (world) => {
    const client = world.open(await world.deadPort());
    await client.fired("close");
    expect(client.types).toBe("error close");
    expect(client.states).toEqual(["closed", "closed"]);
  });

  test("M26 M27: close() makes it closing at once, closed and close later", async (world) => {
    const [client] = await world.pair();
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    expect(client.types, "nothing fires inside close()").toBe("open");
    const { readyState } = await client.fired("close");
    expect(readyState).toBe("closed");
    expect(client.types).toBe("open close");
  });

  test("M26: so does closeImmediately()", async (world) => {
    const [client] = await world.pair();
    client.socket.closeImmediately();
    expect(client.socket.readyState).toBe("closing");
    expect(client.types).toBe("open");
    const { readyState } = await client.fired("close");
    expect(readyState).toBe("closed");
    expect(client.types).toBe("open close");
  });

  test("M27: what is buffered is flushed before closed", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send(pattern(600));
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    await client.fired("close");
    expect(client.socket.readyState).toBe("closed");
    await peer.fired("end");
    expect(peer.received).toBe(600);
  });

  test("M28: the peer's FIN leads from open to closed, no event sees closing", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.write(pattern(10));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(new Set(client.states.slice(0, -1))).toEqual(new Set(["open"]));
    expect(client.states.at(-1)).toBe("closed");
  });

  test("M28: so does an I/O error", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open error close");
    expect(client.states).toEqual(["open", "closed", "closed"]);
  });

  for (const how of ["close", "closeImmediately"] as const) {
    test(`M29: ${how}() while connecting: closing, then only close`, async (world) => {
      const { port } = world.listen();
      const client = world.open(port);
      client.socket[how]();
      expect(client.socket.readyState).toBe("closing");
      expect(client.types).toBe("");
      await client.fired("close");
      await world.settled();
      expect(client.types).toBe("close");
      expect(client.states).toEqual(["closed"]);
    });

    test(`M29: ${how}() while connecting to where nobody listens: only close`, async (world) => {
      const client = world.open(await world.deadPort());
      client.socket[how]();
      await client.fired("close");
      await world.settled();
      expect(client.types).toBe("close");
    });
  }

  test("M30: however far connecting has come, close() is not undone by it", async (world) => {
    const { port } = world.listen();
    // One of these moments is when the host knows of the connection and the socket does not.
    for (let waited = 0; waited < 6; waited++) {
      const client = world.open(port);
      await turns(waited);
      const before = client.socket.readyState;
      client.socket.close();
      expect(client.socket.readyState).toBe("closing");
      await client.fired("close");
      await world.settled();
      expect(client.types).toBe(before === "connecting" ? "close" : "open close");
      expect(client.socket.readyState).toBe("closed");
    }
  });

  test("M31: close() again does nothing, in closing, inside onclose and after", async (world) => {
    const [client] = await world.pair();
    const { socket } = client;
    let inside = "";
    socket.onclose = () => {
      socket.close();
      socket.closeImmediately();
      inside = socket.readyState;
    };
    socket.close();
    socket.close();
    await client.fired("close");
    socket.close();
    socket.closeImmediately();
    await world.settled();
    expect(inside).toBe("closed");
    expect(client.types).toBe("open close");
  });

  test("M31: close() after an error does nothing, inside onerror too", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    socket.onerror = () => socket.close();
    peer.wire.reset();
    await client.fired("close");
    socket.close();
    await world.settled();
    expect(client.types).toBe("open error close");
    expect(client.states.slice(1)).toEqual(["closed", "closed"]);
  });

  test("M32: no data after close(), though the peer goes on sending", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send("now");
    await peer.got(3);
    peer.wire.write(pattern(600));
    // Not a wait for anything: the bytes may have come as far as they like.
    client.socket.close();
    peer.wire.write(pattern(600));
    await client.fired("close");
    await world.settled();
    expect(client.types).toBe("open close");
  });

  test("M32: close() inside ondata lets no further data through", async (world) => {
    const [client, peer] = await world.client();
    client.socket.ondata = () => client.socket.close();
    peer.wire.write(pattern(600));
    await client.fired("close");
    await world.settled();
    expect(client.all("data")).toHaveLength(1);
    expect(client.types).toBe("open data close");
  });

  test("M33 M34: one error and one close, and nothing after, whatever follows", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    // Reader and writer both have something to report.
    for (let i = 0; i < 5; i++) socket.send(pattern(600));
    peer.wire.reset();
    await client.fired("close");
    socket.close();
    socket.closeImmediately();
    await world.settled();
    expect(client.all("error")).toHaveLength(1);
    expect(client.all("close")).toHaveLength(1);
    expect(client.seen.at(-1)?.type).toBe("close");
  });

  test("M34: data and FIN that crossed our close() fire nothing more", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.write(pattern(100));
    peer.wire.end();
    client.socket.closeImmediately();
    await client.fired("close");
    await world.settled();
    expect(client.types).toBe("open close");
  });

  test("M23: whatever happens, no other state is ever seen", async (world) => {
    const [client, served] = await world.pair();
    served.socket.send("x");
    await client.got(1);
    served.socket.close();
    await client.fired("close");
    await served.fired("close");
    const states = new Set([...client.states, ...served.states]);
    expect([...states].sort()).toEqual(["closed", "open"]);
  });
});

import { describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import { HOSTS, next } from "../support/hosts.ts";

describe.each(HOSTS)("Engine.drain on %s", (_name, makeEngine) => {
  test("a peer that never reads is waited for until the deadline", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    server.onconnect = ({ socket }) => socket?.suspend();
    const client = new TCPSocket("localhost", server.localPort, { engine });
    await client.opened;
    client.send(new Uint8Array(8 << 20));
    await engine.drain(50);
    expect(client.readyState).toBe("closed");
    expect(engine.stats.sockets).toBe(0);
    expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
  });

  test("says what it takes", () => {
    for (const bad of [-1, 1.5, Number.NaN, "5", undefined]) {
      expect(() => makeEngine().drain(bad as number)).toThrow(/0 to 2147483647 is allowed/);
    }
  });
});

test.each([nodeHost, new Loopback()])("what is buffered still arrives ($name)", async (host) => {
  const [draining, other] = [new Engine({ host }), new Engine({ host })];
  const server = new TCPServerSocket(0, { engine: other, binaryType: "uint8array" });
  const connected = next(server, "connect") as Promise<Event & { socket: TCPSocket }>;
  const client = new TCPSocket("localhost", server.localPort, { engine: draining });
  const { socket } = await connected;
  let received = 0;
  socket.ondata = ({ data }) => {
    received += data.length;
  };
  await client.opened;
  client.send(new Uint8Array(500_000));
  await draining.drain(5000);
  await socket.closed;
  expect(received).toBe(500_000);
  expect(draining.stats.sockets).toBe(0);
  server.close();
});

/** What engine memory allows a framing, and what is left where it does not. */
import { expect, test } from "vitest";
import { Engine, type Framing, framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";

const MIB = 1 << 20;
const MAKE: [string, (n: number) => Framing][] = [
  ["fixed", (n) => framing.fixed(n)],
  ["slip", (n) => framing.slip({ maxMessageBytes: n })],
  ["cobs", (n) => framing.cobs({ maxMessageBytes: n })],
];
for (const [name, make] of MAKE) {
  for (const memoryBytes of [4 * MIB, 16 * MIB, 64 * MIB]) {
    test(`${name}, ${memoryBytes}: what the RangeError says is allowed is the most that is allowed`, () => {
      const host = new Loopback({ virtual: true });
      const engine = new Engine({ host, memoryBytes, maxSockets: 8, windowBytes: 16384 });
      const socket = new TCPSocket("localhost", 1, { engine });
      let said = 0;
      try {
        socket.setFraming(make(2 ** 31));
      } catch (error) {
        said = Number(/at most (\d+)/.exec((error as Error).message)?.[1]);
      }
      expect(() => socket.setFraming(make(said))).not.toThrow();
      expect(() => socket.setFraming(make(said + 1))).toThrow(RangeError);
    });
  }
}

test("a constructor that finds no room for its delimiters leaves no socket behind", async () => {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({ host, memoryBytes: 2 << 20, maxSockets: 128, windowBytes: 16384 });
  const peers: RawPeer[] = [];
  const { port } = host.listenRaw(0, (peer) => peers.push(peer));
  const how = framing.fixed(100_000);
  const sockets = Array.from(
    { length: 100 },
    () => new TCPSocket("localhost", port, { engine, framing: how }),
  );
  await host.run();
  const full = 128 * 256 + 600; // what is promised stays free
  for (let i = 0; i < 85 && engine.stats.poolFreeBytes >= full; i++) {
    for (const peer of peers)
      if (engine.stats.poolFreeBytes >= full) peer.write(new Uint8Array(1000));
    await host.run();
  }
  let refused: Error | undefined;
  for (const [i, socket] of sockets.entries()) {
    try {
      socket.setFraming(framing.delimited(`${i}\xfe\xff`, { maxMessageBytes: 200_000 }));
    } catch (error) {
      refused = error as Error;
      break;
    }
  }
  expect(refused?.name).toBe("QuotaExceededError");
  const options = { engine, framing: framing.delimited("no room", { maxMessageBytes: 100 }) };
  expect(() => new TCPSocket("localhost", port, options)).toThrow(/no room for these delimiters/);
  expect(() => new TCPServerSocket(0, options)).toThrow(/no room for these delimiters/);
  await host.run();
  expect(engine.stats.sockets).toBe(100);
  const drained = engine.drain(0);
  await host.run();
  await drained;
  expect(engine.stats.sockets).toBe(0);
});

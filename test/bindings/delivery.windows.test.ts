/** What a large read costs an app that takes its messages one by one. */
import { expect, test } from "vitest";
import { Engine, framing, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

const MIB = 1 << 20;
const LINES = Buffer.from("12345678901234567890123456789\n".repeat(100_000));

function setUp() {
  const host = new Loopback({ seed: 1, capacity: 8 * MIB });
  const engine = new Engine({ host, memoryBytes: 64 * MIB, maxSockets: 16, windowBytes: 4 * MIB });
  const { port } = host.listenRaw(0, (peer) => peer.write(LINES));
  const socket = new TCPSocket("localhost", port, {
    engine,
    framing: framing.lines({ eol: "\n" }),
  });
  return { engine, socket };
}

test("an iterator that takes a hundred lines of a 3 MB read does not copy the read a hundred times", async () => {
  const { engine, socket } = setUp();
  await socket.opened;
  let lines = 0;
  for await (const _ of socket) if (++lines === 100) break;
  expect(engine.stats.bytesCopied).toBeLessThan(5 * LINES.length);
});

test("nor does suspend() and resume() around each line", async () => {
  const { engine, socket } = setUp();
  let lines = 0;
  await new Promise<void>((resolve) => {
    socket.ondata = () => {
      socket.suspend();
      if (++lines === 100) resolve();
      else setImmediate(() => socket.resume());
    };
  });
  expect(engine.stats.bytesCopied).toBeLessThan(5 * LINES.length);
});

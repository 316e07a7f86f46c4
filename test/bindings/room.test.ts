/** Small payloads that are only written, and told to the core with the next call: nobody can tell. */
import { expect, test } from "vitest";
import { Engine, type SocketOptions, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

const BYTES = 64;

/** A client that is open and has sent a first payload, whose block has room; and what its peer gets. */
async function client(options: SocketOptions = {}) {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({ host, memoryBytes: 8 << 20 });
  const got: Uint8Array[] = [];
  const { port } = host.listenRaw(0, (raw) => {
    raw.onbytes = (bytes) => got.push(bytes);
  });
  const open = () => new TCPSocket("localhost", port, { engine, ...options });
  const socket = open();
  await host.run();
  socket.send(payload(0));
  return { engine, host, open, socket, got: () => Buffer.concat(got) };
}

function payload(i: number): Uint8Array {
  return new Uint8Array(BYTES).fill(i);
}

function payloads(from: number, to: number): Buffer {
  return Buffer.concat(Array.from({ length: to - from }, (_, i) => payload(from + i)));
}

test("bufferedAmount counts each at once, and the peer gets them in order", async () => {
  const { host, socket, got } = await client();
  for (let i = 1; i < 100; i++) {
    expect(socket.send(i % 2 === 0 ? payload(i) : String.fromCharCode(i).repeat(BYTES))).toBe(true);
    if (i % 7 === 0) expect(socket.bufferedAmount).toBe((i + 1) * BYTES);
  }
  await host.run();
  expect(got().equals(payloads(0, 100))).toBe(true);
  expect([socket.bufferedAmount, socket.bytesSent]).toEqual([0, 100 * BYTES]);
});

test("false comes with the payload that passes the mark, and drain after it", async () => {
  const { host, socket } = await client({ highWaterMark: 4 * BYTES });
  let drains = 0;
  socket.ondrain = () => drains++;
  const answers = Array.from({ length: 5 }, (_, i) => socket.send(payload(i + 1)));
  expect(answers).toEqual([true, true, true, false, false]);
  await host.run();
  expect(drains).toBe(1);
});

test("maxBufferedAmount is reached and never passed", async () => {
  const { host, socket, got } = await client({ maxBufferedAmount: 3 * BYTES });
  expect([socket.send(payload(1)), socket.send(payload(2))]).toEqual([true, true]);
  expect(() => socket.send(payload(3))).toThrow(/maxBufferedAmount/);
  expect(socket.bufferedAmount).toBe(3 * BYTES);
  await host.run();
  expect(got().equals(payloads(0, 3))).toBe(true);
});

test.each(["close", "halfClose", "closeImmediately"] as const)(
  "what follows %s() in the same task is refused",
  async (end) => {
    const { host, socket, got } = await client();
    socket.send(payload(1));
    socket[end]();
    expect(() => socket.send(payload(2))).toThrow(/open sending direction/);
    await host.run();
    expect(got().equals(payloads(0, end === "closeImmediately" ? 1 : 2))).toBe(true);
  },
);

test("sockets take turns", async () => {
  const { host, open, socket, got } = await client();
  const other = open();
  await host.run();
  for (let i = 1; i < 50; i++) {
    socket.send(payload(i));
    other.send(payload(i + 100));
    socket.send(payload(i));
  }
  expect([socket.bufferedAmount, other.bufferedAmount]).toEqual([98 * BYTES, 49 * BYTES]);
  await host.run();
  expect(got().length).toBe(148 * BYTES);
});

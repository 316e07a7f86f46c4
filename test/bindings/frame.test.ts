import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Engine, type Framing, framing, TCPSocket } from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";

/**
 * A client whose small sends find no room in engine memory, or only those that are large: the bytes
 * of both must be the same.
 */
async function wires(how: Framing, messages: Uint8Array[], external: boolean): Promise<Buffer> {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({ host, memoryBytes: 8 << 20, maxSockets: 8, windowBytes: 16384 });
  const chunks: Uint8Array[] = [];
  let peer: RawPeer | undefined;
  const { port } = host.listenRaw(0, (raw) => {
    peer = raw;
    raw.pause();
    raw.onbytes = (bytes) => chunks.push(bytes.slice());
  });
  const socket = new TCPSocket("localhost", port, { engine });
  await host.run();
  // While a queue ends in external bytes, what follows is external, too.
  const before = new Uint8Array(external ? 400_000 : 10);
  socket.send(before);
  socket.setFraming(how);
  let framed = before.length;
  for (const message of messages) {
    const queued = socket.bufferedAmount;
    try {
      socket.send(message);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      expect(socket.bufferedAmount).toBe(queued);
    }
    framed += socket.bufferedAmount - queued;
  }
  expect(socket.bufferedAmount).toBe(framed);
  peer?.resume();
  await host.run();
  expect([socket.bufferedAmount, socket.bytesSent]).toEqual([0, framed]);
  const wire = Buffer.concat(chunks);
  expect(wire.length).toBe(framed);
  socket.closeImmediately();
  await host.run();
  expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
  return wire.subarray(before.length);
}

const KINDS: [string, Framing][] = [
  ["fixed", framing.fixed(1024)],
  ["lengthPrefixed", framing.lengthPrefixed({ bytes: 2, maxMessageBytes: 70_000 })],
  [
    "its length little endian in the message",
    framing.lengthPrefixed({ offset: 3, endian: "little" }),
  ],
  ["half of its field stripped", framing.lengthPrefixed({ offset: 2, strip: 4, bytes: 8 })],
  ["stripped beyond its field", framing.lengthPrefixed({ offset: 1, strip: 900, bytes: 3 })],
  ["varint", framing.varint()],
  ["varint behind an offset", framing.varint({ offset: 5 })],
  ["varint kept", framing.varint({ strip: false, offset: 1000 })],
  ["delimited", framing.delimited("\x00\x00\x01")],
  ["delimited by several", framing.delimited(["\x01\x01\x00", "\x02"])],
  ["delimited, kept", framing.delimited("\x00", { keep: true })],
  ["delimited by the longest", framing.delimited(`${"\0".repeat(15)}\x01`)],
  ["netstring", framing.netstring()],
  ["slip", framing.slip()],
  ["cobs", framing.cobs()],
  ["contentLength", framing.contentLength()],
];

/** Around the sizes of pieces, runs and blocks, of few different bytes, those that are escaped among them. */
const message = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(0, 1, 253, 254, 255, 508, 1022, 1023, 1024, 1025, 2047, 2048, 2049),
      fc.nat(5000),
      fc.constantFrom(65_535, 65_536, 65_537),
    ),
    fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => {
      return bytes.map((byte) => [0, 1, 2, 0xc0, 0xdb, byte][byte % 6] as number);
    }),
  )
  .map(([size, seed]) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = seed[(i * 7 + (i >> 5)) % seed.length] as number;
    return bytes;
  });

describe("external frames are what pooled ones are", () => {
  test.each(KINDS)("%s", async (_, how) => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
        const pooled = await wires(how, messages, false);
        const external = await wires(how, messages, true);
        expect(Buffer.compare(pooled, external)).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});

test("strings and bytes, at any offset, become the same frame", async () => {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({ host, memoryBytes: 8 << 20, maxSockets: 8 });
  const text = "\xc0abc\xdb\0".repeat(20_000);
  const bytes = Buffer.from(text, "latin1");
  const frames: string[] = [];
  const { port } = host.listenRaw(0, (raw) => {
    let wire = "";
    raw.onbytes = (part) => {
      wire += Buffer.from(part).toString("latin1");
    };
    raw.onend = () => frames.push(wire);
  });
  const payloads: [string | Uint8Array | ArrayBuffer, ...number[]][] = [
    [text],
    [bytes],
    [new Uint8Array([1, 2, ...bytes, 3]), 2, bytes.length],
    [new Uint8Array([1, ...bytes, 3]).buffer, 1, bytes.length],
    [new Uint8Array([1, ...bytes, 3]).subarray(1, bytes.length + 1)],
  ];
  for (const [data, offset, length] of payloads) {
    const socket = new TCPSocket("localhost", port, { engine, framing: framing.slip() });
    socket.onopen = () => {
      socket.send(data, offset, length);
      socket.close();
    };
  }
  await host.run();
  const frame = "\xdb\xdcabc\xdb\xdd\0".repeat(20_000);
  expect(frames).toHaveLength(payloads.length);
  for (const one of frames) expect(one === `${frame}\xc0`).toBe(true);
});

/** send() with a framing: one message whole or not at all, and the same bytes whatever way they take. */
import { expect } from "vitest";
import { type Framing, framing } from "../../bindings/index.ts";
import { difference, joined, latin1, pattern, text } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import { EVERYWHERE, inWorlds, WIDE } from "./support/world.ts";

type Refused = readonly [
  name: string,
  how: Framing,
  bad: string | Uint8Array,
  good: string,
  wire: string,
];

const COUNTS_ITSELF = framing.lengthPrefixed({ bytes: 2, offset: 4, adjust: -6 });
const REFUSED: readonly Refused[] = [
  ["too short for fixed", framing.fixed(3), "ab", "abc", "abc"],
  ["too long for fixed", framing.fixed(3), "abcd", "abc", "abc"],
  ["empty for fixed", framing.fixed(3), "", "abc", "abc"],
  ["over the limit", framing.netstring({ maxMessageBytes: 4 }), "abcde", "abcd", "4:abcd,"],
  ["far over it", framing.netstring({ maxMessageBytes: 4 }), pattern(100_000), "abcd", "4:abcd,"],
  ["over the default limit", framing.lines(), new Uint8Array((1 << 20) + 1), "ab", "ab\r\n"],
  ["over the limit, varint", framing.varint({ maxMessageBytes: 4 }), "abcde", "a", "\x01a"],
  ["over the limit, slip", framing.slip({ maxMessageBytes: 4 }), "abcde", "abcd", "abcd\xc0"],
  ["over the limit, cobs", framing.cobs({ maxMessageBytes: 4 }), "abcde", "a", "\x02a\0"],
  ["too long for its field", framing.lengthPrefixed({ bytes: 1 }), pattern(256), "a", "\x01a"],
  ["far too long for it", framing.lengthPrefixed({ bytes: 2 }), pattern(65_536), "a", "\0\x01a"],
  [
    "below what adjust adds",
    framing.lengthPrefixed({ bytes: 1, adjust: 2 }),
    "a",
    "abc",
    "\x01abc",
  ],
  ["shorter than its header", COUNTS_ITSELF, "abcd\0", "abcd\0\0e", "abcd\0\x07e"],
  ["a delimiter inside", framing.lines(), "a\r\nb", "a\rb\n", "a\rb\n\r\n"],
  ["one of the delimiters", framing.delimited(["||", ";"]), "a;b", "a|b", "a|b||"],
  ["a delimiter far inside", framing.lines(), `${"x".repeat(99_999)}\r\n`, "a", "a\r\n"],
  ["completing one with its end", framing.delimited("aba"), "ab", "b", "baba"],
  ["no delimiter to keep", framing.lines({ keep: true }), "ab", "ab\r\n", "ab\r\n"],
  ["two delimiters, kept", framing.lines({ keep: true }), "a\r\nb\r\n", "\r\n", "\r\n"],
  ["an empty slip", framing.slip(), "", "\xc0", "\xdb\xdc\xc0"],
];

inWorlds(EVERYWHERE, (test) => {
  for (const [name, how, bad, good, wire] of REFUSED) {
    test(`${name}: RangeError, nothing queued, and the next send works`, async (world) => {
      const [{ socket }, peer] = await world.client({ framing: how });
      for (let i = 0; i < 2; i++) {
        const error = thrown(() => socket.send(bad as string));
        expect(error).toBeInstanceOf(RangeError);
        expect(error?.message).toContain(`framing.${how.type}`);
        expect(socket.bufferedAmount).toBe(0);
      }
      socket.send(good);
      thrown(() => socket.send(bad as string));
      socket.send(good);
      expect(socket.bufferedAmount).toBe(wire.length * 2);
      expect(text(await peer.got(wire.length * 2))).toBe(wire + wire);
      await world.settled();
      expect(socket.bytesSent).toBe(peer.received);
      expect([socket.readyState, socket.bufferedAmount]).toEqual(["open", 0]);
    });
  }

  test("refusals come after the state, and the char check before", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port, { framing: framing.fixed(3) });
    expect(thrown(() => client.socket.send("a"))?.name).toBe("InvalidStateError");
    expect(thrown(() => client.socket.send("\u0100"))).toBeInstanceOf(TypeError);
    await client.fired("open");
    expect(thrown(() => client.socket.send("\u0100"))).toBeInstanceOf(TypeError);
    client.socket.halfClose();
    expect(thrown(() => client.socket.send("a"))?.name).toBe("InvalidStateError");
    client.socket.close();
    expect(thrown(() => client.socket.send("a"))?.name).toBe("InvalidStateError");
  });

  test("maxBufferedAmount and the high-water mark count framed bytes", async (world) => {
    const options = { framing: framing.lengthPrefixed(), maxBufferedAmount: 20, highWaterMark: 13 };
    const [{ socket }, peer] = await world.client(options);
    expect(socket.send("123456789")).toBe(true);
    expect(socket.bufferedAmount).toBe(13);
    expect(thrown(() => socket.send("1234"))?.name).toBe("QuotaExceededError");
    expect(socket.bufferedAmount).toBe(13);
    expect(socket.send("123")).toBe(false);
    expect(socket.bufferedAmount).toBe(20);
    expect(thrown(() => socket.send(""))?.name).toBe("QuotaExceededError");
    await peer.got(20);
    expect(text(peer.bytes)).toBe("\0\0\0\x09123456789\0\0\0\x03123");
  });

  test("maxBufferedAmount counts escapes", async (world) => {
    const [{ socket }, peer] = await world.client({
      framing: framing.slip(),
      maxBufferedAmount: 8,
    });
    expect(thrown(() => socket.send("\xc0\xc0\xc0\xc0"))?.name).toBe("QuotaExceededError");
    expect(socket.bufferedAmount).toBe(0);
    socket.send("\xc0\xc0\xc0");
    expect(socket.bufferedAmount).toBe(7);
    expect(text(await peer.got(7))).toBe("\xdb\xdc\xdb\xdc\xdb\xdc\xc0");
  });

  test("strings, buffers, views and parts of them are framed alike", async (world) => {
    const [{ socket }, peer] = await world.client({ framing: framing.netstring() });
    const bytes = latin1("xxhello\0\xffyy");
    const { buffer } = bytes;
    socket.send("hello\0\xff");
    socket.send(buffer, 2, 7);
    socket.send(bytes, 2, 7);
    socket.send(bytes.subarray(2, 9));
    socket.send(new DataView(buffer, 1, 10), 1, 7);
    socket.send(new Uint16Array(latin1("hello\0\xff!").buffer), 0, 7);
    socket.send(buffer, 100);
    const wire = `${"7:hello\0\xff,".repeat(6)}0:,`;
    expect(text(await peer.got(wire.length))).toBe(wire);
  });

  test("the app's buffer may change after send()", async (world) => {
    const [{ socket }, peer] = await world.client({ framing: framing.slip() });
    for (const size of [10, 70_000]) {
      const before = peer.received;
      const message = new Uint8Array(size).fill(0x41);
      socket.send(message);
      message.fill(0xc0);
      await peer.got(before + size + 1);
      await world.settled();
      expect(peer.received).toBe(before + size + 1);
    }
  });
});

/** Framings, and what they make of a message. */
const FRAMES: readonly [string, Framing, (message: Uint8Array) => Uint8Array][] = [
  ["lengthPrefixed", framing.lengthPrefixed(), (m) => joined(u32(m.length), m)],
  ["netstring", framing.netstring(), (m) => joined(latin1(`${m.length}:`), m, latin1(","))],
  ["lines", framing.lines(), (m) => joined(m, latin1("\r\n"))],
  ["slip", framing.slip(), (m) => joined(slip(m), Uint8Array.of(0xc0))],
  [
    "a header the message brings",
    framing.lengthPrefixed({ offset: 2, bytes: 4 }),
    (m) => joined(m.subarray(0, 2), u32(m.length - 6), m.subarray(6)),
  ],
  [
    "contentLength",
    framing.contentLength(),
    (m) => joined(latin1(`Content-Length: ${m.length}\r\n\r\n`), m),
  ],
];

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function slip(message: Uint8Array): Uint8Array {
  return latin1(text(message).replaceAll("\xdb", "\xdb\xdd").replaceAll("\xc0", "\xdb\xdc"));
}

/** Without a line end, but with bytes that SLIP escapes. */
function message(size: number): Uint8Array<ArrayBuffer> {
  const bytes = pattern(size, size);
  for (let i = 0; i < size; i++) if (bytes[i] === 10 || bytes[i] === 13) bytes[i] = 0xdb;
  return bytes;
}

inWorlds(WIDE, (test) => {
  for (const [name, how, frame] of FRAMES) {
    test(`${name}: pooled, large and external frames are the same bytes, in order`, async (world) => {
      const [{ socket }, peer] = await world.client({ framing: how });
      const sizes = [
        6, 1023, 1024, 1025, 32_768, 65_000, 65_536, 65_537, 7, 200_000, 8, 131_072, 9,
      ];
      const messages = sizes.map(message);
      const wire = joined(...messages.map(frame));
      for (const [i, one] of messages.entries()) socket.send(i % 3 === 0 ? text(one) : one);
      expect(socket.bufferedAmount).toBe(wire.length);
      expect(difference(await peer.got(wire.length), wire)).toBeNull();
      expect(socket.bytesSent).toBe(wire.length);
    });

    test(`${name}: nor do refused sends among them leave a trace`, async (world) => {
      const [{ socket }, peer] = await world.client({ framing: how });
      const refused = new Uint8Array((1 << 20) + 1);
      const wires: Uint8Array[] = [];
      for (const size of [100_000, 10, 300_000, 20, 70_000, 150_000, 30]) {
        expect(thrown(() => socket.send(refused))).toBeInstanceOf(RangeError);
        if (how.type === "lines") {
          const late = message(size * 2);
          late.set(latin1("\r\n"), size * 2 - 3);
          expect(thrown(() => socket.send(late))).toBeInstanceOf(RangeError);
        }
        socket.send(message(size));
        wires.push(frame(message(size)));
      }
      const wire = joined(...wires);
      expect(socket.bufferedAmount).toBe(wire.length);
      expect(difference(await peer.got(wire.length), wire)).toBeNull();
    });
  }
});

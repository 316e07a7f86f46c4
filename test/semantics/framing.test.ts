/** Messages: with a framing each `data` event is exactly one, and each send() exactly one. */
import { expect } from "vitest";
import {
  type BinaryType,
  type Framing,
  framing,
  type TCPSocketEvent,
} from "../../bindings/index.ts";
import { difference, joined, latin1, pattern, text } from "./support/bytes.ts";
import type { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds, WIDE } from "./support/world.ts";

/** What the wire carries for the messages "abc", "" and "de"; framings without empty ones: the others. */
const WIRES: readonly [name: string, framing: Framing, wire: string, messages: string[]][] = [
  ["fixed", framing.fixed(3), "abcdef", ["abc", "def"]],
  ["u8", framing.lengthPrefixed({ bytes: 1 }), "\x03abc\0\x02de", ["abc", "", "de"]],
  ["u16 be", framing.lengthPrefixed({ bytes: 2 }), "\0\x03abc\0\0\0\x02de", ["abc", "", "de"]],
  [
    "u24 le that counts itself",
    framing.lengthPrefixed({ bytes: 3, endian: "little", adjust: -3 }),
    "\x06\0\0abc\x03\0\0\x05\0\0de",
    ["abc", "", "de"],
  ],
  [
    "u32 behind a tag, all delivered",
    framing.lengthPrefixed({ offset: 1 }),
    "T\0\0\0\x03abcU\0\0\0\0V\0\0\0\x02de",
    ["T\0\0\0\x03abc", "U\0\0\0\0", "V\0\0\0\x02de"],
  ],
  [
    "u64",
    framing.lengthPrefixed({ bytes: 8 }),
    `${"\0".repeat(7)}\x03abc${"\0".repeat(8)}${"\0".repeat(7)}\x02de`,
    ["abc", "", "de"],
  ],
  ["varint", framing.varint(), "\x03abc\0\x02de", ["abc", "", "de"]],
  ["delimited", framing.delimited("--"), "abc----de--", ["abc", "", "de"]],
  [
    "delimited, kept",
    framing.delimited("--", { keep: true }),
    "abc----de--",
    ["abc--", "--", "de--"],
  ],
  ["lines", framing.lines(), "abc\r\n\r\nde\r\n", ["abc", "", "de"]],
  ["lines of LF", framing.lines({ eol: "\n" }), "abc\r\n\nde\n", ["abc\r", "", "de"]],
  ["netstring", framing.netstring(), "3:abc,0:,2:de,", ["abc", "", "de"]],
  ["slip", framing.slip(), "abc\xc0d\xdb\xdc\xc0e\xdb\xdd\xc0", ["abc", "d\xc0", "e\xdb"]],
  ["cobs", framing.cobs(), "\x04abc\0\x01\0\x02d\x02e\0", ["abc", "", "d\0e"]],
  [
    "content length",
    framing.contentLength(),
    "Content-Length: 3\r\n\r\nabcContent-Length: 0\r\n\r\nContent-Length: 2\r\n\r\nde",
    ["abc", "", "de"],
  ],
];

/** Waits for so many messages, and for anything that should not follow them. */
async function messages(watch: Watch, count: number): Promise<unknown[]> {
  await watch.fired("data", count);
  return watch.chunks;
}

inWorlds(EVERYWHERE, (test) => {
  for (const [name, how, wire, expected] of WIRES) {
    test(`${name}: each message is one data event, each send() one message`, async (world) => {
      const [client, peer] = await world.client({ framing: how });
      peer.wire.write(latin1(wire));
      expect(await messages(client, expected.length)).toEqual(expected);
      for (const message of expected) expect(client.socket.send(message)).toBe(true);
      expect(client.socket.bufferedAmount).toBe(wire.length);
      expect(text(await peer.got(wire.length))).toBe(wire);
      await world.settled();
      expect(client.chunks).toHaveLength(expected.length);
      expect(peer.received).toBe(wire.length);
      const { bytesSent, bytesReceived, bufferedAmount } = client.socket;
      expect([bytesSent, bytesReceived, bufferedAmount]).toEqual([wire.length, wire.length, 0]);
    });
  }

  test("between our own ends, accepted sockets with the server's framing", async (world) => {
    const how = framing.lengthPrefixed({ bytes: 2 });
    const [client, accepted] = await world.pair({ framing: how }, { framing: how });
    const sent = ["", "a", "bc".repeat(300), "", "z"];
    for (const message of sent) client.socket.send(message);
    expect(await messages(accepted, sent.length)).toEqual(sent);
    for (const message of sent) accepted.socket.send(message);
    expect(await messages(client, sent.length)).toEqual(sent);
    client.socket.close();
    await accepted.fired("close");
    expect([client.error, accepted.error]).toEqual([undefined, undefined]);
  });

  test("binaryType: what each message comes as", async (world) => {
    const types: BinaryType[] = ["string", "arraybuffer", "uint8array"];
    for (const binaryType of types) {
      const [client, peer] = await world.client({ framing: framing.lines(), binaryType });
      peer.wire.write(latin1("one\r\n\r\n\xff\0\r\n"));
      const came = await messages(client, 3);
      if (binaryType === "string") expect(came).toEqual(["one", "", "\xff\0"]);
      if (binaryType === "arraybuffer") {
        expect(came.every((data) => data instanceof ArrayBuffer)).toBe(true);
        expect(new Set(came).size).toBe(3);
        expect(came.map((data) => text(new Uint8Array(data as ArrayBuffer)))).toEqual([
          "one",
          "",
          "\xff\0",
        ]);
      }
      if (binaryType === "uint8array") {
        expect(came.map((data) => text(data as Uint8Array))).toEqual(["one", "", "\xff\0"]);
      }
    }
  });

  test("a message is the app's own: writing to it changes no other", async (world) => {
    const [client, peer] = await world.client({
      framing: framing.fixed(2),
      binaryType: "uint8array",
    });
    client.socket.addEventListener("data", (event) => {
      (event as TCPSocketEvent<Uint8Array>).data.fill(0x21);
    });
    peer.wire.write(latin1("abcdef"));
    await client.fired("data", 3);
    peer.wire.write(latin1("gh"));
    await client.fired("data", 4);
    expect(client.chunks.map((chunk) => text(chunk as Uint8Array))).toEqual([
      "!!",
      "!!",
      "!!",
      "!!",
    ]);
  });

  test("a message may come a byte at a time, and with the end of the one before", async (world) => {
    const [client, peer] = await world.client({ framing: framing.netstring() });
    for (const byte of latin1("12:hello world!,")) {
      peer.wire.write(Uint8Array.of(byte));
      await world.settled();
    }
    peer.wire.write(latin1("1:a,1:"));
    await client.fired("data", 2);
    peer.wire.write(latin1("b,"));
    expect(await messages(client, 3)).toEqual(["hello world!", "a", "b"]);
  });

  test("a listener added before open, one message later, still gets them one by one", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port, { framing: framing.lines() });
    const peer = await listening.accept();
    peer.wire.write(latin1("220 hello\r\n"));
    await client.fired("open");
    expect(await messages(client, 1)).toEqual(["220 hello"]);
    expect(client.types).toBe("open data");
  });
});

inWorlds(WIDE, (test) => {
  const SIZES = [1, 255, 65_535, 65_536, 65_537, 1 << 20];
  const KINDS: [string, Framing][] = [
    ["lengthPrefixed", framing.lengthPrefixed()],
    ["varint", framing.varint()],
    ["netstring", framing.netstring()],
    ["contentLength", framing.contentLength()],
    ["slip", framing.slip()],
    ["cobs", framing.cobs()],
    ["delimited", framing.delimited("\xfe\xff\xfe")],
  ];
  for (const [name, how] of KINDS) {
    test(`${name}: messages of 1 B to 1 MiB, both ways, both kinds of reads`, async (world) => {
      const options = { framing: how, binaryType: "uint8array" } as const;
      const [client, accepted] = await world.pair(options, {
        ...options,
        maxReceiveBytes: 4 << 20,
      });
      const sent = SIZES.map((size, i) => pattern(size, i));
      for (const [from, to] of [
        [client, accepted],
        [accepted, client],
      ] as const) {
        for (const message of sent) from.socket.send(message);
        const came = await messages(to, sent.length);
        for (const [i, message] of sent.entries()) {
          expect(difference(came[i] as Uint8Array, message)).toBeNull();
        }
      }
      expect(client.error ?? accepted.error).toBeUndefined();
    });
  }

  test("fixed: sizes around the window, and three times the window", async (world) => {
    for (const size of [65_535, 65_536, 65_537, 200_000]) {
      const [client, peer] = await world.client({
        framing: framing.fixed(size),
        binaryType: "uint8array",
      });
      const all = joined(pattern(size), pattern(size, 5), pattern(size, 9));
      peer.wire.write(all);
      await client.fired("data", 3);
      expect(client.chunks.map((chunk) => (chunk as Uint8Array).length)).toEqual([
        size,
        size,
        size,
      ]);
      expect(difference(client.bytes, all)).toBeNull();
    }
  });

  test("ten thousand messages in one piece come one by one, in order", async (world) => {
    const [client, peer] = await world.client({ framing: framing.lines({ eol: "\n" }) });
    const lines = Array.from({ length: 10_000 }, (_, i) => String(i));
    peer.wire.write(latin1(`${lines.join("\n")}\n`));
    expect(await messages(client, lines.length)).toEqual(lines);
  });
});

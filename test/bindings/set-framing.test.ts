import { describe, expect, test } from "vitest";
import { Engine, type Framing, framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";

const MIB = 1 << 20;
const MEMORY_BYTES = 8 * MIB;

function setUp(maxSockets = 16, memoryBytes = MEMORY_BYTES) {
  const host = new Loopback({ seed: 1, virtual: true });
  const engine = new Engine({ host, memoryBytes, maxSockets, windowBytes: 16384 });
  return { host, engine };
}

/** A client that is open, its raw peer, and what the peer has seen, one char per byte. */
async function client(how?: Framing) {
  const { host, engine } = setUp();
  let wire = "";
  let peer: RawPeer | undefined;
  const listener = host.listenRaw(0, (raw) => {
    peer = raw;
    raw.onbytes = (bytes) => {
      wire += Buffer.from(bytes).toString("latin1");
    };
  });
  const options = { engine, ...(how && { framing: how }) };
  const socket = new TCPSocket("localhost", listener.port, options);
  const seen: string[] = [];
  socket.ondata = ({ data }) => seen.push(data);
  await host.run();
  const say = (text: string): Promise<void> => {
    peer?.write(Buffer.from(text, "latin1"));
    return host.run();
  };
  return { host, engine, socket, seen, say, wire: () => wire };
}

/** Each framing with the largest message its name says it takes. */
const LIMITED: readonly [string, (most: number) => Framing][] = [
  ["lengthPrefixed", (n) => framing.lengthPrefixed({ maxMessageBytes: n })],
  [
    "lengthPrefixed, stripped",
    (n) => framing.lengthPrefixed({ strip: 1000, offset: 996, maxMessageBytes: n }),
  ],
  ["varint", (n) => framing.varint({ maxMessageBytes: n })],
  ["delimited", (n) => framing.delimited("x".repeat(16), { maxMessageBytes: n })],
  ["lines", (n) => framing.lines({ maxMessageBytes: n })],
  ["netstring", (n) => framing.netstring({ maxMessageBytes: n })],
  ["contentLength", (n) => framing.contentLength({ maxMessageBytes: n })],
];

describe("maxMessageBytes", () => {
  for (const [name, make] of LIMITED) {
    test(`${name}: a quarter of memory is allowed, above it is a RangeError that says so`, async () => {
      const { engine, socket, seen, say, wire } = await client(framing.netstring());
      const most = MEMORY_BYTES / 4;
      for (const above of [most + 1, 2 ** 31, 2 ** 32 - 2]) {
        const calls = [
          () => socket.setFraming(make(above)),
          () => new TCPSocket("localhost", 1, { engine, framing: make(above) }),
          () => new TCPServerSocket(0, { engine, framing: make(above) }),
        ];
        for (const call of calls) {
          expect(call).toThrow(RangeError);
          expect(call).toThrow(`maxMessageBytes: ${above} came; at most ${most} is allowed`);
        }
      }
      expect(engine.stats.sockets).toBe(1);
      socket.send("as before");
      await say("3:abc,");
      expect([wire(), ...seen]).toEqual(["9:as before,", "abc"]);
      socket.setFraming(make(most));
      expect(() => socket.setFraming(make(1))).not.toThrow();
    });
  }

  test("fixed: far above it is a RangeError that names size", async () => {
    const { socket } = await client();
    expect(() => socket.setFraming(framing.fixed(MEMORY_BYTES))).toThrow(RangeError);
    expect(() => socket.setFraming(framing.fixed(MEMORY_BYTES))).toThrow(/framing\.fixed size/);
  });

  test("the default does not fit an engine of less than 4 MiB: said where the socket is made", () => {
    const { engine } = setUp(4, 2 * MIB);
    expect(() => new TCPSocket("localhost", 1, { engine, framing: framing.lines() })).toThrow(
      /1048576 came; at most 524288 is allowed/,
    );
    expect(engine.stats.sockets).toBe(0);
  });
});

describe("setFraming()", () => {
  test("changes nothing when it throws: the partial message, the batch, the sends", async () => {
    const { socket, seen, say, wire } = await client(framing.netstring());
    await say("5:ab");
    const bad: unknown[] = [
      undefined,
      "lines",
      0,
      {},
      { type: "lines", eol: "" },
      { type: "delimited", delimiters: ["a", "a"] },
      { type: "lines", maxMessageBytes: 2 ** 32 - 2 },
    ];
    for (const given of bad) {
      expect(() => socket.setFraming(given as never)).toThrow(/framing/);
    }
    socket.send("x");
    await say("cde,1:z,");
    expect([wire(), ...seen]).toEqual(["1:x,", "abcde", "z"]);
  });

  test("nor does it cut the batch when it throws in a handler", async () => {
    const { socket, seen, say } = await client(framing.netstring());
    socket.ondata = ({ data }) => {
      seen.push(data);
      expect(() => socket.setFraming({ type: "fixed", size: 0 })).toThrow(TypeError);
      expect(() => socket.setFraming(framing.fixed(2 ** 31))).toThrow(RangeError);
    };
    await say("1:a,1:b,1:c,");
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("takes what is handmade, and keeps nothing of it", async () => {
    const { socket, seen, say } = await client();
    const delimiters = ["|"];
    const made = { type: "delimited", delimiters, keep: false } as const;
    socket.setFraming(made);
    delimiters[0] = ";";
    await say("a;b|");
    expect(seen).toEqual(["a;b"]);
  });

  test("one description for many sockets", async () => {
    const shared = framing.delimited(["||", "\0"]);
    const worlds = await Promise.all([client(shared), client(shared), client()]);
    for (const { socket, seen, say } of worlds) {
      socket.setFraming(shared);
      await say("a||b\0");
      expect(seen).toEqual(["a", "b"]);
    }
  });

  test("on a socket that is closed and gone it does nothing", async () => {
    const { engine, host, socket } = await client(framing.lines());
    socket.closeImmediately();
    await host.run();
    expect(engine.stats.sockets).toBe(0);
    const next = new TCPSocket("localhost", 1, { engine });
    socket.setFraming(framing.fixed(1));
    socket.setFraming(null);
    expect(() => socket.setFraming("x" as never)).toThrow(TypeError);
    next.closeImmediately();
  });
});

/** What framing costs engine memory: nothing for what is only announced, and all of it comes back. */
import { describe, expect, test } from "vitest";
import {
  Engine,
  type Framing,
  framing,
  TCPServerSocket,
  TCPSocket,
  type TCPSocketEvent,
} from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import type { Host } from "../../host/transport.ts";
import { HOSTS, next, SEED, settle } from "../support/hosts.ts";
import { difference, latin1, pattern } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";

const MIB = 1 << 20;

/** Bytes of the pool that are in use. */
function used({ stats }: Engine): number {
  return stats.poolBytes - stats.poolFreeBytes;
}

describe.each(HOSTS)("%s", (_, makeEngine) => {
  const announced: [string, Framing, string][] = [
    ["4 GiB", framing.lengthPrefixed(), "\xff\xff\xff\xff"],
    ["2^64 - 1", framing.lengthPrefixed({ bytes: 8 }), "\xff".repeat(8)],
    ["a varint of 2^63", framing.varint(), `${"\x80".repeat(9)}\x01`],
    ["ten digits", framing.netstring(), "4294967295:"],
  ];
  test.each(announced)("%s announced: nothing is reserved", async (_name, how, wire) => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    server.onconnect = ({ socket }) => socket?.send(latin1(wire));
    const options = { engine, framing: how };
    const socket = new TCPSocket("localhost", server.localPort, options);
    let most = 0;
    socket.ondata = () => {};
    socket.onerror = () => {
      most = used(engine);
    };
    await next(socket, "close");
    expect(most).toBeLessThanOrEqual(512); // smallest blocks, of what was sent and what came in pieces
    await engine.drain(200);
    expect(used(engine)).toBe(0);
  });

  test("parts of messages are held, and are gone with their sockets, however these end", async () => {
    const engine = makeEngine();
    const how = framing.delimited(["|", ";;"]);
    const server = new TCPServerSocket(0, { engine, framing: how });
    const accepted: TCPSocket[] = [];
    const all = new Heard();
    server.onconnect = ({ socket }) => {
      accepted.push(socket as TCPSocket);
      (socket as TCPSocket).ondata = () => {};
      all.add("accepted");
    };
    const clients = Array.from({ length: 90 }, (_, i) => {
      const client = new TCPSocket("localhost", server.localPort, { engine });
      client.onopen = () => client.send(pattern(1000 + i).map((byte) => byte & 0x1f));
      return client;
    });
    await all.count(90);
    const whole = (): boolean => accepted.every((socket) => socket.bytesReceived >= 1000);
    while (!whole()) await settle(1);
    expect(used(engine)).toBeGreaterThan(90 * 1000);
    for (const [i, client] of clients.entries()) {
      if (i % 5 === 0) client.close();
      if (i % 5 === 1) client.closeImmediately();
      if (i % 5 === 2) accepted[i]?.close();
      if (i % 5 === 3) accepted[i]?.closeImmediately();
      if (i % 5 === 4) accepted[i]?.setFraming(null);
    }
    await settle();
    await engine.drain(300);
    expect([used(engine), engine.stats.sockets]).toEqual([0, 0]);
  });

  test("delimiters of one's own come and go", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine, framing: framing.delimited("own") });
    server.onconnect = ({ socket }) => {
      if (socket) socket.ondata = () => socket.setFraming(framing.delimited(["a", "bc"]));
    };
    const socket = new TCPSocket("localhost", server.localPort, {
      engine,
      framing: framing.delimited("x1"),
    });
    await next(socket, "open");
    for (let i = 0; i < 3000; i++) socket.setFraming(framing.delimited([`${i}|`, "\0"]));
    expect(used(engine)).toBeLessThan(4 * 1024);
    expect(() => socket.setFraming(framing.delimited("x", { maxMessageBytes: 2 ** 31 }))).toThrow();
    socket.send("own");
    await settle();
    await engine.drain(200);
    expect([used(engine), engine.stats.sockets]).toEqual([0, 0]);
  });

  test("what waits for its rest holds no more than it is", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine, framing: framing.lines({ eol: "\n" }) });
    const heard = new Heard();
    (async () => {
      for await (const socket of server) {
        (async () => {
          for await (const line of socket) heard.add(String(line.length));
        })().catch(() => {});
      }
    })();
    const wire = latin1(`${"x".repeat(30_000)}\n${"y\n".repeat(8)}z`);
    const clients = Array.from({ length: 40 }, () => {
      const client = new TCPSocket("localhost", server.localPort, { engine });
      client.onopen = () => client.send(wire);
      return client;
    });
    await heard.count(40 * 9);
    await settle();
    expect(used(engine)).toBeLessThanOrEqual(40 * 512);
    for (const client of clients) client.closeImmediately();
    await engine.drain(300);
    expect([used(engine), engine.stats.sockets]).toEqual([0, 0]);
  });
});

const LARGE: readonly [string, () => Host][] = [
  ["node:net", () => nodeHost],
  ["loopback", () => new Loopback({ seed: 1, capacity: 4 * MIB })],
  ["loopback, copied reads", () => new Loopback({ seed: 1, capacity: 4 * MIB, reads: "copy" })],
  [
    `loopback, split reads (seed ${SEED})`,
    () => new Loopback({ seed: SEED, capacity: MIB, reads: "mixed", faults: { coalesce: true } }),
  ],
];

describe.each(LARGE)("16 MiB messages: %s", (_, makeHost) => {
  const maxMessageBytes = 16 * MIB;
  const kinds: [string, Framing][] = [
    ["lengthPrefixed", framing.lengthPrefixed({ maxMessageBytes })],
    ["slip", framing.slip({ maxMessageBytes })],
    ["cobs", framing.cobs({ maxMessageBytes })],
    ["delimited", framing.delimited("\xff\xfe\xff", { maxMessageBytes })],
  ];
  test.each(kinds)("%s, both ways, with small ones around", async (_name, how) => {
    const engine = new Engine({ host: makeHost(), memoryBytes: 160 * MIB, maxSockets: 64 });
    const server = new TCPServerSocket(0, {
      engine,
      framing: how,
      binaryType: "uint8array",
      maxReceiveBytes: 40 * MIB,
    });
    const large = pattern(16 * MIB, 3);
    const options = { engine, framing: how, binaryType: "uint8array" } as const;
    server.onconnect = ({ socket }) => {
      if (socket) socket.ondata = ({ data }) => socket.send(data);
    };
    const client = new TCPSocket("localhost", server.localPort, options);
    const seen: Uint8Array[] = [];
    const done = new Promise<void>((resolve, reject) => {
      client.onerror = ({ error }) => reject(error);
      client.ondata = ({ data }: TCPSocketEvent<Uint8Array>) => {
        if (seen.push(data) === 3) resolve();
      };
    });
    await next(client, "open");
    client.send("a");
    client.send(large);
    client.send("b");
    await done;
    expect(seen.map(({ length }) => length)).toEqual([1, large.length, 1]);
    expect(difference(seen[1] as Uint8Array, large)).toBeNull();
    await engine.drain(0);
    expect(used(engine)).toBe(0);
  });
});

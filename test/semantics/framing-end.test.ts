/** The peer's end with a framing: between messages, within one, with half-open sockets, and in silence. */
import { expect } from "vitest";
import { type Framing, framing, TCPSocket } from "../../bindings/index.ts";
import { latin1, text } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const LINES = framing.lines();
const LAST = framing.lines({ lastLine: true });

/** What comes before the FIN; bytes that are missing then, if that can be known. */
const WITHIN: readonly [string, Framing, wire: string, missing: number | undefined][] = [
  ["fixed", framing.fixed(10), "0123456789abc", 7],
  ["a length field", framing.lengthPrefixed(), "\0\0\0\x01a\0\0\0", undefined],
  ["a length-prefixed body", framing.lengthPrefixed(), "\0\0\0\x01a\0\0\0\x05ab", 3],
  ["nothing of a body", framing.lengthPrefixed({ bytes: 1 }), "\0\x05", 5],
  ["a varint", framing.varint(), "\x01a\x80", undefined],
  ["a line", LINES, "a\r\nb\r", undefined],
  ["netstring's comma", framing.netstring(), "1:a,3:abc", 1],
  ["slip", framing.slip(), "a\xc0b", undefined],
  ["cobs", framing.cobs(), "\x02a\0\x02", undefined],
  [
    "content length",
    framing.contentLength(),
    "Content-Length: 0\r\n\r\nContent-Length: 4\r\n\r\nab",
    2,
  ],
];

inWorlds(EVERYWHERE, (test) => {
  for (const [name, how, wire, missing] of WITHIN) {
    test(`within ${name}: NetworkInterruptError, nothing partial`, async (world) => {
      const [client, peer] = await world.client({ framing: how });
      peer.wire.write(latin1(wire));
      peer.wire.end();
      await client.fired("close");
      expect(client.types).toBe("open data error close");
      expect(client.chunks).toHaveLength(1);
      const { name: event, errorCode, error } = client.error ?? {};
      expect([event, errorCode]).toEqual(["NetworkInterruptError", 0x804b0047]);
      expect(error?.cause).toMatchObject({ code: "ERR_MESSAGE_INCOMPLETE", framing: how.type });
      if (missing !== undefined) expect(error?.cause).toHaveProperty("bytes", missing);
      await peer.fired("end");
    });
  }

  test("between messages it is a clean close", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    peer.wire.write(latin1("a\r\nb\r\n"));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    await expect(client.socket.closed).resolves.toBeUndefined();
  });

  test("lastLine: the line without an end is delivered, then close; an empty one is none", async (world) => {
    for (const [wire, lines] of [
      ["a\r\nbc", ["a", "bc"]],
      ["a\r\n", ["a"]],
      ["a\r\n\r", ["a", "\r"]],
      ["", []],
    ] as const) {
      const [client, peer] = await world.client({ framing: LAST });
      if (wire !== "") peer.wire.write(latin1(wire));
      peer.wire.end();
      await client.fired("close");
      expect(client.error).toBeUndefined();
      expect(client.chunks).toEqual(lines);
    }
  });

  test("lastLine waits for resume(), and close() in its handler is heard", async (world) => {
    const [client, peer] = await world.client({ framing: LAST });
    const { socket } = client;
    socket.ondata = ({ data }) => {
      if (data === "a") socket.suspend();
      else socket.close();
    };
    peer.wire.write(latin1("a\r\nbc"));
    peer.wire.end();
    await client.fired("data");
    await world.settled();
    expect(client.chunks).toEqual(["a"]);
    socket.resume();
    await client.fired("close");
    expect(client.chunks).toEqual(["a", "bc"]);
    expect(client.types).toBe("open data close");
  });

  test("lastLine over the limit is an error", async (world) => {
    const how = framing.lines({ lastLine: true, maxMessageBytes: 3 });
    for (const [wire, lines] of [
      ["abc", ["abc"]],
      ["abcd", []],
    ] as const) {
      const [client, peer] = await world.client({ framing: how });
      peer.wire.write(latin1(wire));
      peer.wire.end();
      await client.fired("close");
      expect(client.chunks).toEqual(lines);
      expect(client.error?.name).toBe(lines.length === 0 ? "NetworkError" : undefined);
    }
  });

  test("lastLine in an iterator's loop: the last line, then the loop ends", async (world) => {
    const listening = await world.peers();
    const options = world.options({ framing: LAST });
    const socket = new TCPSocket(world.address, listening.port, options);
    const opened = socket.opened;
    const peer = await listening.accept();
    peer.wire.write(latin1("a\r\nbc"));
    peer.wire.end();
    await opened;
    const lines: string[] = [];
    for await (const line of socket) lines.push(line);
    expect(lines).toEqual(["a", "bc"]);
  });

  test("the peer's end while suspended with a part held: setFraming(null) still gets it", async (world) => {
    const [client, peer] = await world.client({ framing: framing.fixed(100) });
    client.socket.suspend();
    peer.wire.write(latin1("abc"));
    peer.wire.end();
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.setFraming(null);
    client.socket.resume();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(text(client.bytes)).toBe("abc");
  });

  test("allowHalfOpen: end between messages, framed answers after it", async (world) => {
    const [client, peer] = await world.client({ framing: LINES, allowHalfOpen: true });
    client.socket.onend = () => {
      client.socket.send("answer");
      client.socket.close();
    };
    peer.wire.write(latin1("ask\r\n"));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data end close");
    expect(text(await peer.got(8))).toBe("answer\r\n");
  });

  test("allowHalfOpen: end within a message is an error all the same", async (world) => {
    const [client, peer] = await world.client({ framing: LINES, allowHalfOpen: true });
    peer.wire.write(latin1("ask\r\nmo"));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data error close");
    expect(client.error?.name).toBe("NetworkInterruptError");
  });

  test("allowHalfOpen with lastLine: the line, then end", async (world) => {
    const [client, peer] = await world.client({ framing: LAST, allowHalfOpen: true });
    peer.wire.write(latin1("ask\r\nmore"));
    peer.wire.end();
    await client.fired("end");
    expect(client.types).toBe("open data end");
    expect(client.chunks).toEqual(["ask", "more"]);
    client.socket.send("x");
    client.socket.halfClose();
    await client.fired("close");
    expect(text(await peer.got(3))).toBe("x\r\n");
  });

  test("halfClose(): messages still come", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    client.socket.send("last");
    client.socket.halfClose();
    await peer.fired("end");
    peer.wire.write(latin1("a\r\nb\r\n"));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(client.chunks).toEqual(["a", "b"]);
  });

  test("a reset within a message is a reset", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    peer.wire.write(latin1("a\r\nb"));
    await client.fired("data");
    peer.wire.reset();
    await client.fired("close");
    expect(client.types).toBe("open data error close");
    expect(client.error?.error?.code).toBe("ECONNRESET");
  });

  test("idleTimeout runs out in the middle of a message", async (world) => {
    const [client, peer] = await world.client({ framing: framing.fixed(100), idleTimeout: 60 });
    peer.wire.write(latin1("abc"));
    await client.fired("close");
    expect(client.types).toBe("open error close");
    expect(client.error?.name).toBe("NetworkTimeoutError");
    expect(client.error?.error?.cause).toBeUndefined();
  });
});

/** What is no message: an error with a FramingError as its cause, then close; what came before counts. */
import { expect } from "vitest";
import { type Framing, framing, type TCPSocketErrorEvent } from "../../bindings/index.ts";
import { latin1, text } from "./support/bytes.ts";
import type { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const U64 = framing.lengthPrefixed({ bytes: 8 });
const MIB = 1 << 20;

/** What comes behind "good" messages, and the FramingError it makes. */
const TOO_LONG: readonly [
  string,
  Framing,
  good: string,
  bad: string,
  bytes: number,
  limit: number,
][] = [
  ["u32 of 4 GiB", framing.lengthPrefixed(), "\0\0\0\x01a", "\xff\xff\xff\xff", 2 ** 32 - 1, MIB],
  ["u32 of 2 GiB", framing.lengthPrefixed(), "\0\0\0\0", "\x80\0\0\0", 2 ** 31, MIB],
  ["u32, one too many", framing.lengthPrefixed(), "", "\0\x10\0\x01", MIB + 1, MIB],
  [
    "u32 that adjust would wrap",
    framing.lengthPrefixed({ adjust: 16 }),
    "",
    "\xff\xff\xff\xfa",
    2 ** 32 - 6,
    MIB,
  ],
  ["u64 of 2^64 - 1", U64, "\0\0\0\0\0\0\0\x01a", "\xff".repeat(8), 2 ** 64, MIB],
  ["u64 of 2^32", U64, "", "\0\0\0\x01\0\0\0\0", 2 ** 32, MIB],
  ["u64 of 2^63", U64, "", "\x80\0\0\0\0\0\0\0", 2 ** 63, MIB],
  ["varint of 2^64 - 1", framing.varint(), "\x01a", `${"\xff".repeat(9)}\x01`, 2 ** 64, MIB],
  [
    "u8 over a limit",
    framing.lengthPrefixed({ bytes: 1, maxMessageBytes: 3 }),
    "\x03abc",
    "\x04",
    4,
    3,
  ],
  ["netstring", framing.netstring({ maxMessageBytes: 9 }), "9:123456789,", "10:", 10, 9],
  ["netstring of ten digits", framing.netstring(), "0:,", "4294967296:", 2 ** 32, MIB],
  [
    "content length",
    framing.contentLength({ maxMessageBytes: 2 }),
    "Content-Length: 2\r\n\r\nab",
    "Content-Length: 3\r\n\r\n",
    3,
    2,
  ],
];

const UNENDED: readonly [string, Framing, good: string, bad: string, limit: number][] = [
  ["lines", framing.lines({ maxMessageBytes: 4 }), "abcd\r\n", "abcdefg", 4],
  ["delimited", framing.delimited("--", { maxMessageBytes: 4 }), "abc---abcd--", "abcdefg", 4],
  ["lines, kept", framing.lines({ maxMessageBytes: 4, keep: true }), "ab\r\n", "abcdefg", 4],
  ["slip", framing.slip({ maxMessageBytes: 4 }), "ab\xdb\xdcd\xc0", "abcdefghijk", 4],
  ["cobs", framing.cobs({ maxMessageBytes: 4 }), "\x05abcd\0", "\x09abcdefgh", 4],
];

const MALFORMED: readonly [string, Framing, good: string, bad: string][] = [
  ["a length below its header", framing.lengthPrefixed({ bytes: 1, adjust: -2 }), "\x03a", "\x01"],
  ["a frame below strip", framing.lengthPrefixed({ bytes: 1, strip: 3 }), "\x02xx", "\x01"],
  ["varint, overlong", framing.varint(), "\x01a", "\x80\0"],
  ["varint, eleven bytes", framing.varint(), "", "\xff".repeat(11)],
  ["netstring, no digits", framing.netstring(), "1:a,", "x"],
  ["netstring, leading zero", framing.netstring(), "1:a,", "01:a,"],
  ["netstring, no comma", framing.netstring(), "1:a,", "1:a;"],
  ["slip, wrong escape", framing.slip(), "a\xc0", "a\xdbb\xc0"],
  ["cobs, a code too far", framing.cobs(), "\x02a\0", "\x05a\0"],
  [
    "content length, twice",
    framing.contentLength(),
    "",
    "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
  ],
  ["content length, missing", framing.contentLength(), "", "Content-Type: a\r\n\r\n"],
  ["content length, signed", framing.contentLength(), "", "Content-Length: +1\r\n\r\n"],
];

/** The one error of a watch that ended by it. */
async function failure(watch: Watch): Promise<TCPSocketErrorEvent & { error: Error }> {
  await watch.fired("close");
  expect(watch.types).toMatch(/^(open )?(data )?error close$/);
  return watch.error as TCPSocketErrorEvent & { error: Error };
}

inWorlds(EVERYWHERE, (test) => {
  for (const [name, how, good, bad, bytes, limit] of TOO_LONG) {
    test(`too long: ${name}: ends with the header, the body is not awaited`, async (world) => {
      const [client, peer] = await world.client({ framing: how });
      peer.wire.write(latin1(good + bad));
      const { error, name: event, errorCode, message } = await failure(client);
      expect([event, message, errorCode]).toEqual(["NetworkError", "Network", 0x804b001d]);
      expect(error.cause).toMatchObject({
        name: "FramingError",
        code: "ERR_MESSAGE_TOO_LONG",
        framing: how.type,
        bytes,
        limit,
      });
      expect(client.chunks).toHaveLength(good === "" ? 0 : 1);
      await peer.fired("end");
    });
  }

  for (const [name, how, good, bad, limit] of UNENDED) {
    test(`no end within the limit: ${name}`, async (world) => {
      const [accepted, peer] = await world.accepted({ framing: how });
      peer.wire.write(latin1(good + bad));
      const { error, name: event } = await failure(accepted);
      expect(event).toBe("NetworkError");
      expect(error.cause).toMatchObject({
        code: "ERR_MESSAGE_UNTERMINATED",
        framing: how.type,
        limit,
      });
      expect(error.cause).toHaveProperty("bytes", undefined);
      expect(accepted.chunks.length).toBeGreaterThan(0);
    });
  }

  for (const [name, how, good, bad] of MALFORMED) {
    test(`malformed: ${name}`, async (world) => {
      const [client, peer] = await world.client({ framing: how });
      peer.wire.write(latin1(good + bad));
      const { error, errorCode } = await failure(client);
      expect(errorCode).toBe(0x804b001d);
      expect(error.cause).toMatchObject({ code: "ERR_MESSAGE_MALFORMED", framing: how.type });
      expect((error.cause as Error).message).toMatch(new RegExp(`^framing\\.${how.type}: [a-zCE]`));
      expect(client.chunks).toHaveLength(good === "" ? 0 : 1);
    });
  }

  test("what is sent in the last good message's handler may be cut off by the error", async (world) => {
    const [client, peer] = await world.client({ framing: framing.netstring() });
    client.socket.ondata = () => client.socket.send("answer");
    peer.wire.write(latin1("1:a,!"));
    await failure(client);
    await peer.until("the end", () => peer.events !== "");
    expect("6:answer,".startsWith(text(peer.bytes))).toBe(true);
    expect(client.socket.bufferedAmount).toBe(0);
    expect(client.socket.readyState).toBe("closed");
  });

  test("a close() in the last good message's handler: no error for what follows", async (world) => {
    const [client, peer] = await world.client({ framing: framing.netstring() });
    client.socket.ondata = () => client.socket.close();
    peer.wire.write(latin1("1:a,!"));
    await client.fired("close");
    expect(client.types).toBe("open data close");
  });

  test("setFraming() in the last good message's handler saves what would be malformed", async (world) => {
    const [client, peer] = await world.client({ framing: framing.netstring() });
    client.socket.ondata = ({ data }) => data === "a" && client.socket.setFraming(framing.fixed(1));
    peer.wire.write(latin1("1:a,!?"));
    await client.fired("data", 3);
    expect(client.chunks).toEqual(["a", "!", "?"]);
  });

  test("closed rejects with the error, which says it all", async (world) => {
    const [{ socket }, peer] = await world.client({ framing: framing.netstring() });
    const closed = socket.closed.then(
      () => null,
      (reason) => reason,
    );
    peer.wire.write(latin1("1:a,!"));
    const reason = await closed;
    expect(reason).toMatchObject({ name: "NetworkError", code: "ERR_MESSAGE_MALFORMED" });
    expect(reason.message).toContain("framing.netstring: ");
    expect(reason.message).toContain("docs/errors.md#networkerror");
  });

  test("other sockets do not notice", async (world) => {
    const [client, peer] = await world.client({ framing: framing.netstring() });
    const [other, second] = await world.client({ framing: framing.netstring() });
    second.wire.write(latin1("3:a"));
    peer.wire.write(latin1("x"));
    await failure(client);
    second.wire.write(latin1("bc,"));
    await other.fired("data");
    expect(other.chunks).toEqual(["abc"]);
    expect(other.types).toBe("open data");
  });
});

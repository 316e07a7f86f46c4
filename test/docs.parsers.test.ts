/**
 * docs/porting.md, the framings that stand for a parser: what they deliver of the same bytes. split2
 * stands beside its own; the others' expectations are what they deliver, where the page says the same.
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import net from "node:net";
import type { Transform } from "node:stream";
import { describe, expect, test } from "vitest";
import { type Framing, framing, TCPSocket } from "../bindings/index.ts";

const split2 = createRequire(import.meta.url)("split2") as () => Transform;

interface Received {
  readonly messages: string[];
  /** Why it ended, if not cleanly. */
  readonly code: string | undefined;
}

/** What is delivered of a stream of these bytes, a char each, and a FIN. */
async function receive(bytes: string, framing: Framing): Promise<Received> {
  const server = net.createServer((socket) => socket.end(bytes, "latin1")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const socket = new TCPSocket("127.0.0.1", port, { framing });
  const messages: string[] = [];
  let code: string | undefined;
  socket.ondata = ({ data }) => messages.push(data as string);
  socket.onerror = ({ error }) => {
    code = (error?.cause as { code?: string } | undefined)?.code ?? error?.name;
  };
  await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  server.close();
  return { messages, code };
}

async function splitBySplit2(bytes: string): Promise<string[]> {
  const stream = split2();
  stream.end(bytes);
  return (await stream.toArray()) as string[];
}

test("split2() is delimited by CR LF or LF, but for a last line without end", async () => {
  const whole = "a\r\nb\n\nc\r\r\n";
  const either = framing.delimited(["\r\n", "\n"]);
  const messages = ["a", "b", "", "c\r"];
  expect(await splitBySplit2(whole)).toEqual(messages);
  expect(await receive(whole, either)).toEqual({ messages, code: undefined });
  expect(await splitBySplit2(`${whole}last`)).toEqual([...messages, "last"]);
  const code = "ERR_MESSAGE_INCOMPLETE";
  expect(await receive(`${whole}last`, either)).toEqual({ messages, code });
});

describe("other parsers", () => {
  const packet = { lengthOffset: 2, lengthBytes: 2, packetOverhead: 0 } as const;
  const { lengthOffset, lengthBytes, packetOverhead } = packet;
  const packetLength = framing.lengthPrefixed({
    bytes: lengthBytes,
    endian: "little",
    offset: lengthOffset,
    adjust: packetOverhead - lengthOffset - lengthBytes,
    strip: 0,
  });
  const incomplete = "ERR_MESSAGE_INCOMPLETE";

  test.each([
    {
      parser: "parser-readline, empty lines besides",
      bytes: "a\r\nb\n\nlast",
      by: framing.lines({ eol: "\n", lastLine: true }),
      messages: ["a\r", "b", "", "last"],
    },
    {
      parser: "parser-delimiter with includeDelimiter",
      bytes: "a;;b;",
      by: framing.delimited(";", { keep: true }),
      messages: ["a;", ";", "b;"],
    },
    {
      parser: "parser-byte-length, but for the rest",
      bytes: "abcdefgh",
      by: framing.fixed(3),
      messages: ["abc", "def"],
      code: incomplete,
    },
    {
      parser: "parser-packet-length",
      bytes: "\xaa\x01\x06\0hi\xaa\x01\x04\0",
      by: packetLength,
      messages: ["\xaa\x01\x06\0hi", "\xaa\x01\x04\0"],
    },
    {
      parser: "parser-slip-encoder",
      bytes: "a\xdb\xdcb\xc0\xc0c\xdb\xdd\xc0",
      by: framing.slip(),
      messages: ["a\xc0b", "c\xdb"],
    },
    {
      parser: "parser-slip-encoder, but for a wrong escape",
      bytes: "a\xc0b\xdbXc\xc0",
      by: framing.slip(),
      messages: ["a"],
      code: "ERR_MESSAGE_MALFORMED",
    },
    {
      parser: "length-prefixed-stream with allowEmpty",
      bytes: "\x02hi\0\x05hello",
      by: framing.varint(),
      messages: ["hi", "", "hello"],
    },
    {
      parser: "length-prefixed-stream, but for an overlong varint",
      bytes: "\x02hi\x85\0hello",
      by: framing.varint(),
      messages: ["hi"],
      code: "ERR_MESSAGE_MALFORMED",
    },
    {
      parser: "it-length-prefixed, the end within a message included",
      bytes: "\x02hi\x05par",
      by: framing.varint({ maxMessageBytes: 4 << 20 }),
      messages: ["hi"],
      code: incomplete,
    },
  ])("$parser", async ({ bytes, by, messages, code }) => {
    expect(await receive(bytes, by)).toEqual({ messages, code });
  });
});

/**
 * Every program of examples/ does what it says, with peers that know nothing of this package: their
 * bytes are written by hand from each protocol's description, and arrive whole and one by one.
 * Real servers are met in test/peers/.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONVERSATIONS } from "./support/conversations.ts";
import { pathOf, runExample } from "./support/run-example.ts";
import { scriptedPeer } from "./support/scripted-peer.ts";

const LINES_MAX = 40;
const FOLDER = new URL("../examples/", import.meta.url);

test.each(readdirSync(FOLDER))("%s is short, says what it is and how to run it", (name) => {
  const text = readFileSync(new URL(name, FOLDER), "utf8");
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(LINES_MAX);
  expect(text).toMatch(new RegExp(`^// .*\n// {3}node examples/${name} \\[host port.*\\]\n`));
});

describe.concurrent.each([
  { how: "whole", pieceBytes: Infinity },
  { how: "byte by byte", pieceBytes: 1 },
])("answered $how", ({ pieceBytes }) => {
  test.each(CONVERSATIONS)("$example: $about", async (conversation) => {
    const { example, args = [], parts, prints, ends, complains } = conversation;
    const peer = await scriptedPeer(parts, { pieceBytes, ends });
    const { lines, complaints, code } = await runExample(example, "127.0.0.1", peer.port, ...args);
    expect(complaints).toMatch(complains ?? /^$/);
    expect(lines).toEqual(prints);
    expect(code).toBe(complains === undefined ? 0 : 1);
    const heard = (await peer.heard).toString("latin1");
    const expected = Buffer.concat(parts.map(([hears]) => hears)).toString("latin1");
    // Who fails may have said more: what is heard first is what counts then.
    expect(complains === undefined ? heard : heard.slice(0, expected.length)).toBe(expected);
  });
});

test("netstring: what the client sends comes back", async () => {
  const { lines, complaints, code } = await runExample("netstring", "127.0.0.1", 0);
  expect(lines).toEqual(['"hello"', '""', '"grüß dich"', '"12:34,"']);
  expect({ complaints, code }).toEqual({ complaints: "", code: 0 });
});

describe("echo", () => {
  let server: ChildProcess;
  let port = 0;
  beforeAll(async () => {
    server = spawn(process.execPath, [pathOf("echo"), "127.0.0.1"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = await once(server.stdout as NodeJS.ReadableStream, "data");
    port = Number(/^listening on port (\d+)\n$/.exec(String(printed))?.[1]);
  });
  afterAll(() => server.kill());

  /** What comes back, until the server ends. */
  async function collect(socket: net.Socket): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const bytes of socket) pieces.push(bytes as Buffer);
    return Buffer.concat(pieces);
  }

  test("lines come back, however they were cut", async () => {
    const socket = net.connect(port, "127.0.0.1");
    for (const piece of ["one\ntw", "o\n\nthr", "ee\n"]) socket.write(piece);
    let heard = "";
    for await (const bytes of socket) {
      heard += bytes;
      if (heard.endsWith("three\n")) break;
    }
    expect(heard).toBe("one\ntwo\n\nthree\n");
  });

  test("a client that reads nothing at first misses nothing", async () => {
    const line = Buffer.from(`${"0123456789abcdef".repeat(64)}\n`);
    const text = Buffer.alloc(32 * 1024 * line.length, line);
    const socket = net.connect(port, "127.0.0.1").pause();
    socket.write(text);
    // The server has stopped reading when it has answered others, and nothing of the rest has left.
    for (let before = -1, still = 0; still < 5; ) {
      const left = socket.bytesWritten - socket.writableLength;
      still = left === before ? still + 1 : 0;
      before = left;
      const other = net.connect(port, "127.0.0.1");
      other.end("still there?\n");
      expect(String(await collect(other))).toBe("still there?\n");
    }
    expect(socket.writableLength).toBeGreaterThan(0);
    socket.end();
    expect((await collect(socket)).equals(text)).toBe(true);
  });

  test("a line without end closes its own connection only", async () => {
    const endless = net.connect(port, "127.0.0.1");
    endless.on("error", () => {});
    endless.write(Buffer.alloc(2 << 20, "x"));
    await new Promise((resolve) => endless.on("close", resolve));
    const other = net.connect(port, "127.0.0.1");
    other.end("still there\n");
    expect(String(await collect(other))).toBe("still there\n");
  });
});

/** Reads that the host has in buffers of their own: given to the app as they are, or copied where they must wait. */
import { describe, expect, test } from "vitest";
import {
  type BinaryType,
  Engine,
  framing,
  type SocketOptions,
  TCPSocket,
} from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";
import type { Sink } from "../../host/transport.ts";
import { certificate } from "../support/certificates.ts";
import { pattern } from "../support/embedder.ts";

const WINDOW_BYTES = 16_384;
const BYTES = pattern(3 * WINDOW_BYTES);

/** A client that is open, on a host that never reads into the window, and its peer. */
async function client(binaryType: BinaryType, options: SocketOptions = {}) {
  const host = new Loopback({ seed: 1, virtual: true, reads: "copy" });
  const engine = new Engine({ host, memoryBytes: 8 << 20, windowBytes: WINDOW_BYTES });
  let peer: RawPeer | undefined;
  const { port } = host.listenRaw(0, (raw) => {
    peer = raw;
  });
  const socket = new TCPSocket("localhost", port, { engine, binaryType, ...options });
  await host.run();
  const say = (bytes: Uint8Array): Promise<void> => {
    peer?.write(bytes);
    return host.run();
  };
  return { engine, host, socket, say };
}

describe("a buffer that is nobody else's", () => {
  test.each(["arraybuffer", "uint8array"] as const)(
    "%s: becomes event.data, uncopied",
    async (binaryType) => {
      const { engine, socket, say } = await client(binaryType);
      const parts: Uint8Array[] = [];
      socket.ondata = ({ data }) => {
        const bytes = data as unknown as ArrayBuffer | Uint8Array<ArrayBuffer>;
        const whole = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
        expect(Object.getPrototypeOf(whole)).toBe(Uint8Array.prototype);
        expect(whole.length).toBe(whole.buffer.byteLength);
        parts.push(whole);
      };
      await say(BYTES);
      expect(Buffer.concat(parts).equals(BYTES)).toBe(true);
      expect(socket.bytesReceived).toBe(BYTES.length);
      expect(engine.stats.bytesCopied).toBe(0);
    },
  );

  test("is what an app may transfer, and nothing else notices", async () => {
    const { socket, say } = await client("arraybuffer");
    const seen: number[] = [];
    socket.ondata = ({ data }) => {
      seen.push(structuredClone(data, { transfer: [data as unknown as ArrayBuffer] }).byteLength);
    };
    await say(pattern(10));
    await say(pattern(20));
    expect(seen).toEqual([10, 20]);
  });

  test("is lent by messages", async () => {
    const { engine, socket, say } = await client("uint8array");
    const seen: Buffer[] = [];
    socket.onmessages = ({ data: batch }) => {
      expect(batch.length).toBe(1);
      seen.push(Buffer.from(batch.bytes), Buffer.from(batch.at(0)));
      batch.stopAfter(0);
    };
    await say(pattern(100));
    expect(seen).toEqual([Buffer.from(pattern(100)), Buffer.from(pattern(100))]);
    expect(engine.stats.bytesCopied).toBe(0);
  });

  test("goes to an iterator that waits for it", async () => {
    const { host, socket, say } = await client("arraybuffer");
    const first = socket[Symbol.asyncIterator]().next();
    await say(pattern(100));
    expect(Buffer.from((await first).value)).toEqual(Buffer.from(pattern(100)));
    socket.closeImmediately();
    await host.run();
  });

  test("without anybody who listens it is dropped, and an upgrade fails by it", async () => {
    const { host, socket, say } = await client("arraybuffer", { tls: { ca: "test" } });
    await say(pattern(100));
    const failed = socket.upgradeToSecure().catch(({ name }) => name);
    await host.run();
    expect(await failed).toBe("SecurityError");
  });
});

describe("is copied, and nothing is lost or overtaken,", () => {
  test("where it is text", async () => {
    const { engine, socket, say } = await client("string");
    let seen = "";
    socket.ondata = ({ data }) => {
      seen += data;
    };
    await say(BYTES);
    expect(Buffer.from(seen, "latin1").equals(BYTES)).toBe(true);
    expect(engine.stats.bytesCopied).toBeGreaterThanOrEqual(BYTES.length);
  });

  test("where it is cut into messages, from the byte on at which that begins", async () => {
    const { socket, say } = await client("uint8array");
    const seen: number[] = [];
    socket.ondata = ({ data }) => {
      seen.push((data as unknown as Uint8Array).length);
      socket.setFraming(framing.fixed(7));
    };
    await say(pattern(10));
    await say(pattern(20));
    await say(pattern(1));
    expect(seen).toEqual([10, 7, 7, 7]);
  });

  test("while it is suspended", async () => {
    const { socket, host, say } = await client("uint8array");
    const seen: Uint8Array[] = [];
    let first = true;
    socket.ondata = ({ data }) => {
      seen.push(data as unknown as Uint8Array);
      if (first) socket.suspend();
      first = false;
    };
    await say(BYTES.subarray(0, 10));
    await say(BYTES.subarray(10, 500));
    expect(seen.length).toBe(1);
    socket.resume();
    await say(BYTES.subarray(500, 1000));
    await host.run();
    expect(Buffer.concat(seen)).toEqual(Buffer.from(BYTES.subarray(0, 1000)));
  });
});

test.each(["arraybuffer", "uint8array", "string"] as const)(
  "%s: a part of the host's own memory, reported while others are handled, is copied",
  async (binaryType) => {
    const host = new Loopback({ seed: 1, virtual: true });
    let sink: Sink | undefined;
    const connect = host.connect.bind(host);
    host.connect = (target, window, told) => {
      sink = told;
      return connect(target, window, told);
    };
    const engine = new Engine({ host, memoryBytes: 8 << 20 });
    let peer: RawPeer | undefined;
    const { port } = host.listenRaw(0, (raw) => {
      peer = raw;
    });
    const socket = new TCPSocket("localhost", port, { engine, binaryType });
    await host.run();
    const seen: string[] = [];
    socket.ondata = ({ data }) => {
      const bytes: unknown = data;
      seen.push(typeof bytes === "string" ? bytes : Buffer.from(bytes as Uint8Array).toString());
      if (seen.length > 1) return;
      const part = Buffer.from("the host's bytes"); // of node's pool
      sink?.receivedCopy(part);
      part.fill("X");
    };
    peer?.write(Buffer.from("first"));
    await host.run();
    expect(seen).toEqual(["first", "the host's bytes"]);
  },
);

test("TLS: what it decrypts is copied once, by itself, after an upgrade and from the first byte", async () => {
  const { TCPServerSocket } = await import("../../bindings/index.ts");
  const { ca, cert, key } = await certificate();
  const total = 1 << 20;
  for (const useSecureTransport of [true, false]) {
    const common = { binaryType: "arraybuffer", useSecureTransport } as const;
    const engine = new Engine();
    const server = new TCPServerSocket(0, { ...common, engine, tls: { cert, key } });
    const echoed = new Promise<void>((done) => {
      server.onconnect = async ({ socket: accepted }) => {
        const socket = accepted as TCPSocket;
        let left = total;
        socket.ondata = ({ data }) => {
          socket.send(data as unknown as ArrayBuffer);
          left -= (data as unknown as ArrayBuffer).byteLength;
          if (left === 0) socket.close();
        };
        socket.onclose = () => done();
        if (!useSecureTransport) socket.upgradeToSecure();
      };
    });
    const mine = new Engine();
    const options = { ...common, engine: mine, tls: { ca } };
    const socket = new TCPSocket("localhost", server.localPort, options);
    const parts: Uint8Array[] = [];
    socket.ondata = ({ data }) => parts.push(new Uint8Array(data as unknown as ArrayBuffer));
    await socket.opened;
    if (!useSecureTransport) await socket.upgradeToSecure();
    socket.send(pattern(total));
    await Promise.all([socket.closed, echoed]);
    expect(Buffer.concat(parts).equals(pattern(total))).toBe(true);
    // What was sent is copied once, on either side.
    expect(mine.stats.bytesCopied).toBeLessThan(1.1 * total);
    expect(engine.stats.bytesCopied).toBeLessThan(1.1 * total);
    server.close();
  }
});

/**
 * docs/architecture.md, "When memory runs out", through the public API: memory stays bounded whatever peers and
 * apps do, and other sockets do not notice.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../bindings/index.ts";
import { Loopback } from "../host/loopback/index.ts";
import { nodeHost } from "../host/node/index.ts";
import type { Host } from "../host/transport.ts";

const MIB = 1 << 20;
const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function track<T extends { close(): void }>(one: T): T {
  open.push(one);
  return one;
}

function event(target: EventTarget, type: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/** A server whose accepted sockets are told to `accepted`. */
function serve(engine: Engine, accepted: (socket: TCPSocket) => void): TCPServerSocket {
  const server = track(new TCPServerSocket(0, { engine, binaryType: "uint8array" }));
  server.onconnect = ({ socket }) => accepted(socket as TCPSocket);
  return server;
}

function dial(engine: Engine, server: TCPServerSocket): TCPSocket {
  return new TCPSocket("localhost", server.localPort, { engine, binaryType: "uint8array" });
}

/** An echo through the engine, as a socket beside the troubled ones sees it. */
async function echo(engine: Engine, bytes: number): Promise<void> {
  const server = serve(engine, (socket) => {
    socket.ondata = ({ data }) => socket.send(data);
  });
  const socket = dial(engine, server);
  let got = 0;
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => socket.send(new Uint8Array(bytes));
    socket.onerror = reject;
    socket.ondata = ({ data }) => {
      got += data.length;
      if (got === bytes) resolve();
    };
  });
  socket.close();
  server.close();
}

const HOSTS: [string, () => Host, number][] = [
  ["loopback", () => new Loopback({ seed: 1 }), 1000],
  ["node:net", () => nodeHost, 30],
];

describe.each(HOSTS)("on %s", (_name, makeHost, many) => {
  test(`${many} stalled readers: sends are taken, engine memory keeps its size`, async () => {
    const engine = new Engine({ host: makeHost(), memoryBytes: 16 * MIB });
    const server = serve(engine, (socket) => socket.suspend());
    const sockets = Array.from({ length: many }, () => dial(engine, server));
    await Promise.all(sockets.map((socket) => event(socket, "open")));
    const chunk = new Uint8Array(32 * 1024);
    let offered = 0;
    for (const socket of sockets) {
      while (socket.send(chunk)) offered += chunk.length;
      expect(socket.bufferedAmount).toBeLessThanOrEqual(65536 + chunk.length);
    }
    expect(offered).toBe(many * 65536);
    await echo(engine, 100_000);
    const { memoryBytes, poolBytes, poolFreeBytes } = engine.stats;
    expect(memoryBytes).toBe(16 * MIB);
    expect(poolFreeBytes).toBeGreaterThanOrEqual(0);
    expect(poolFreeBytes).toBeLessThanOrEqual(poolBytes);
    for (const socket of sockets) socket.closeImmediately();
    await Promise.all(sockets.map((socket) => event(socket, "close")));
  });

  test(`${many} suspended sockets under a flood hold no more than a read each`, async () => {
    const engine = new Engine({ host: makeHost(), memoryBytes: 16 * MIB });
    const suspended: TCPSocket[] = [];
    let early = 0;
    let flood: TCPSocket[] = [];
    await new Promise<void>((resolve) => {
      const server = serve(engine, (socket) => {
        socket.suspend();
        socket.ondata = () => {
          early++;
        };
        if (suspended.push(socket) === many) resolve();
      });
      flood = Array.from({ length: many }, () => dial(engine, server));
    });
    for (const socket of flood) socket.send(new Uint8Array(256 * 1024));
    await echo(engine, 100_000);
    await echo(engine, 100_000);
    expect(early).toBe(0);
    expect(suspended).toHaveLength(many);
    expect(suspended.every(({ readyState }) => readyState === "open")).toBe(true);
    for (const socket of [...flood, ...suspended]) socket.closeImmediately();
    await Promise.all(flood.map((socket) => event(socket, "close")));
  });
});

test("1,000 stalled readers and 1,000 suspended sockets under a flood, at once", async () => {
  const engine = new Engine({ host: new Loopback({ seed: 2 }), memoryBytes: 16 * MIB });
  let early = 0;
  const count = 1000;
  const serveMany = async (flooded: boolean): Promise<TCPSocket[]> => {
    const sockets: TCPSocket[] = [];
    await new Promise<void>((resolve) => {
      let accepted = 0;
      const server = serve(engine, (socket) => {
        socket.suspend();
        socket.ondata = () => {
          early++;
        };
        if (++accepted === count) resolve();
      });
      for (let i = 0; i < count; i++) {
        const socket = dial(engine, server);
        socket.onopen = () => {
          if (flooded) socket.send(new Uint8Array(300_000));
          else while (socket.send(new Uint8Array(16_384)));
        };
        sockets.push(socket);
      }
    });
    return sockets;
  };
  const [stalled, flooding] = await Promise.all([serveMany(false), serveMany(true)]);
  await echo(engine, 200_000);
  expect(early).toBe(0);
  expect(stalled.every(({ readyState }) => readyState === "open")).toBe(true);
  expect(flooding.every(({ readyState }) => readyState === "open")).toBe(true);
  expect(engine.stats.memoryBytes).toBe(16 * MIB);
  await engine.drain(0);
  expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
});

describe("with a peer that never stops", () => {
  let peer: Server;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    peer.close();
  });

  test("B2: a suspended socket takes what one read brought, then the peer must wait", async () => {
    peer = createServer((socket) => {
      sockets.push(socket.on("error", () => {}));
      const more = (): void => {
        while (socket.write(Buffer.alloc(65536, 7)));
      };
      socket.on("drain", more);
      more();
    }).listen(0, "127.0.0.1");
    await once(peer, "listening");
    const engine = new Engine({ memoryBytes: 16 * MIB });
    const { port } = peer.address() as AddressInfo;
    const socket = new TCPSocket("127.0.0.1", port, { engine, binaryType: "uint8array" });
    let received = 0;
    const first = new Promise<void>((resolve) => {
      socket.ondata = ({ data }) => {
        received += data.length;
        socket.suspend();
        resolve();
      };
    });
    await first;
    const afterSuspend = received;
    const [writer] = sockets as [Socket];
    // The peer fills the kernel's buffers and then stands still.
    for (let last = -1; writer.bytesWritten - writer.writableLength !== last; ) {
      last = writer.bytesWritten - writer.writableLength;
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    }
    expect(received).toBe(afterSuspend);
    expect(engine.stats.poolFreeBytes).toBeGreaterThan(engine.stats.poolBytes - 2 * 65536);
    await echo(engine, 50_000);
    const more = event(socket, "data");
    socket.resume();
    await more;
    expect(received).toBeGreaterThan(afterSuspend);
    socket.closeImmediately();
    await event(socket, "close");
  });
});

/**
 * What every socket can, it can under TLS: pull style, suspending and back-pressure, counts,
 * signals, timeouts, the async context, closing before it is open.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect } from "vitest";
import { type SocketOptions, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { difference, latin1, pattern } from "./support/bytes.ts";
import { failureOf, TIMED_OUT } from "./support/tls-failure.ts";
import type { TlsPeer } from "./support/tls-peer.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const MIB = 1 << 20;

type Storage = AsyncLocalStorage<string>;
type Pair = (world: TlsWorld, options?: SocketOptions) => Promise<[Watch, TlsPeer]>;

const WAYS: readonly [string, Pair][] = [
  [
    "from the first byte",
    async (world, options) => {
      const { port, accept } = await world.tlsPeers();
      const client = await world.openSecure(port, {}, HOST, options);
      const peer = await accept();
      await client.fired("open");
      return [client, peer];
    },
  ],
  [
    "after an upgrade",
    async (world, options) => {
      const [client, peer] = await world.plain(options, HOST);
      const upgraded = client.socket.upgradeToSecure();
      const secured = await peer.secureServer(identity());
      await upgraded;
      return [client, secured];
    },
  ],
  [
    "accepted, after an upgrade",
    async (world, options) => {
      const { allowHalfOpen, idleTimeout, engine } = options ?? {};
      const [watch, peer] = await world.plainAccepted({ allowHalfOpen, idleTimeout, engine });
      const { ca } = await certificate();
      const upgraded = watch.socket.upgradeToSecure();
      const secured = await peer.secureClient({ ca, servername: HOST });
      await upgraded;
      return [watch, secured];
    },
  ],
];

describe.each(WAYS)("%s", (_, pair) => {
  tlsTest(
    "M98: suspended, it reads no more than a bounded amount; then all of it",
    async (world) => {
      const [watch, peer] = await pair(world);
      watch.socket.suspend();
      peer.wire.write(pattern(32 * MIB));
      for (let i = 0; i < 5; i++) await world.settled();
      expect(peer.socket.writableLength, "most of it is still the peer's").toBeGreaterThan(
        16 * MIB,
      );
      expect(watch.received).toBe(0);
      watch.socket.resume();
      expect(difference(await watch.got(32 * MIB), pattern(32 * MIB))).toBeNull();
    },
  );

  tlsTest("M100: suspend() in data stops behind it", async (world) => {
    const [watch, peer] = await pair(world);
    const { socket } = watch;
    socket.addEventListener("data", () => socket.suspend());
    peer.wire.write(pattern(4 * MIB));
    let events = 0;
    while (watch.received < 4 * MIB) {
      await watch.fired("data", ++events);
      await world.settled();
      expect(watch.all("data")).toHaveLength(events);
      socket.resume();
    }
    expect(difference(watch.bytes, pattern(4 * MIB))).toBeNull();
  });

  tlsTest("bytesSent and bytesReceived are the app's bytes", async (world) => {
    const [watch, peer] = await pair(world);
    const { socket } = watch;
    const [sent, received] = [socket.bytesSent, socket.bytesReceived];
    expect([sent, received]).toEqual([0, 0]);
    socket.send(pattern(100_000));
    peer.wire.write(pattern(5_000));
    await Promise.all([peer.got(100_000), watch.got(5_000)]);
    while (socket.bufferedAmount > 0) await world.settled();
    expect([socket.bytesSent, socket.bytesReceived]).toEqual([100_000, 5_000]);
    expect(socket.remoteAddress).toBe("127.0.0.1");
    expect(socket.remotePort).toBe(peer.socket.localPort);
    expect(socket.localPort).toBe(peer.socket.remotePort);
  });

  tlsTest("M54: idleTimeout counts on", async (world) => {
    const [watch, peer] = await pair(world, { idleTimeout: 200 });
    await watch.fired("close");
    expect(failureOf(watch)).toEqual(TIMED_OUT);
    await peer.until("the end", () => peer.events !== "");
  });
});

describe("before it is open", () => {
  tlsTest("M29: close() in the handshake: only close", async (world) => {
    const { port, accept } = await world.plainPeers();
    for (const way of ["close", "closeImmediately"] as const) {
      const client = await world.openSecure(port, {}, HOST);
      const opened = client.socket.opened;
      const peer = await accept();
      await peer.got(1);
      client.socket[way]();
      await client.fired("close");
      expect(client.types).toBe("close");
      await expect(opened).rejects.toMatchObject({ name: "AbortError" });
      await peer.until("the end", () => peer.events !== "");
    }
  });

  tlsTest("the signal is aborted in the handshake: only close, the reason", async (world) => {
    const { port, accept } = await world.plainPeers();
    const controller = new AbortController();
    const client = await world.openSecure(port, {}, HOST, { signal: controller.signal });
    const opened = client.socket.opened;
    await (await accept()).got(1);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(opened).rejects.toBe(reason);
    await client.fired("close");
    expect(client.types).toBe("close");
  });

  tlsTest("M58: connectTimeout counts the handshake of an upgrade too", async (world) => {
    const [client] = await world.plain({ connectTimeout: 100 }, HOST);
    const upgraded = client.socket.upgradeToSecure();
    await client.fired("close");
    expect(failureOf(client)).toEqual(TIMED_OUT);
    await expect(upgraded).rejects.toBe(client.error?.error);
  });
});

describe("pull style", () => {
  tlsTest(
    "a greeting that comes with the handshake is kept for who awaited opened",
    async (world) => {
      const { port, accept } = await world.tlsPeers();
      const { ca } = await certificate();
      const socket = new TCPSocket(HOST, port, { useSecureTransport: true, tls: { ca } });
      const { opened } = socket;
      (await accept()).wire.write(latin1("220 hello"));
      await opened;
      await world.settled();
      const { value } = await socket[Symbol.asyncIterator]().next();
      expect(value).toBe("220 hello");
    },
  );

  tlsTest("a server's iterator gives secure sockets only, with what came early", async (world) => {
    const server = new TCPServerSocket(0, { useSecureTransport: true, tls: await identity() });
    const port = server.localPort;
    const connections = server[Symbol.asyncIterator]();
    const junk = await world.plainPeer(port);
    junk.wire.write(latin1("no TLS\n\n"));
    await junk.until("the end", () => junk.events !== "");
    const peer = await world.tlsPeer(port);
    peer.wire.write(latin1("early"));
    await world.settled();
    const { value: socket } = (await connections.next()) as { value: TCPSocket };
    expect([socket.ssl, socket.tlsInfo?.protocol]).toEqual([true, "TLSv1.3"]);
    expect((await socket[Symbol.asyncIterator]().next()).value).toBe("early");
    server.close();
  });
});

tlsTest("events come in the async context of their socket", async (world) => {
  const storage = new AsyncLocalStorage<string>();
  const { port, accept } = await world.tlsPeers();
  const seen: unknown[] = [];
  const client = await storage.run("mine", () => world.openSecure(port, {}, HOST));
  for (const type of ["open", "data", "close"]) {
    client.socket.addEventListener(type, () => seen.push([type, storage.getStore()]));
  }
  const peer = await accept();
  peer.wire.write(latin1("x"));
  peer.wire.end();
  await client.fired("close");
  expect(seen).toEqual(["open", "data", "close"].map((type) => [type, "mine"]));
});

/** In which contexts data came that somebody else had made wait. */
async function contextsOfData(world: TlsWorld, pair: Pair, storage: Storage): Promise<unknown[]> {
  const [watch, peer] = await storage.run("its own", () =>
    pair(world, { binaryType: "uint8array" }),
  );
  const seen = new Set<unknown>();
  watch.socket.addEventListener("data", () => seen.add(storage.getStore()));
  await storage.run("another's", async () => {
    watch.socket.suspend();
    peer.wire.write(pattern(MIB));
    await world.settled();
    watch.socket.resume();
    await watch.got(MIB);
  });
  return [...seen];
}

describe.each(WAYS)("%s", (_, pair) => {
  tlsTest("data comes in the socket's context, whoever resumes it", async (world) => {
    expect(await contextsOfData(world, pair, new AsyncLocalStorage())).toEqual(["its own"]);
  });
});

tlsTest("data comes in the socket's context, whoever upgrades it", async (world) => {
  const storage: Storage = new AsyncLocalStorage();
  const upgradedElsewhere: Pair = async (_, options) => {
    const [client, peer] = await world.plain(options, HOST);
    const upgraded = storage.run("another's", () => client.socket.upgradeToSecure());
    const secured = await peer.secureServer(identity());
    await upgraded;
    return [client, secured];
  };
  expect(await contextsOfData(world, upgradedElsewhere, storage)).toEqual(["its own"]);
});

/**
 * A read for which the core has no room stays with the channel, and what is reported meanwhile behind it: TLS
 * hands out what one record more held though it was told to pause.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { Engine, type Host, TCPSocket } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import type { Sink, Transport } from "../../host/transport.ts";
import { next, settle } from "../support/hosts.ts";

const WINDOW = 16384;

interface Line {
  readonly sink: Sink;
  readonly window: Uint8Array;
}

function transport(line: Line): Transport {
  return {
    addresses: { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 },
    tlsInfo: null,
    write: () => {},
    secure: () => {},
    pause: () => {},
    resume: () => {},
    finish: () => {},
    destroy: () => setImmediate(() => line.sink.closed()),
    ref: () => {},
    unref: () => {},
  };
}

/** Numbered reads, so that their order shows. */
class Feed {
  readonly line: Line;
  reads = 0;

  constructor(line: Line) {
    this.line = line;
  }

  read(length: number): void {
    this.line.window.fill(++this.reads, 0, length);
    this.line.sink.received(length);
  }
}

const storage = new AsyncLocalStorage<number>();

/** Six sockets, each in a context of its own and without anybody for its data yet, and what feeds them. */
async function opened() {
  const lines: Line[] = [];
  const host: Host = {
    ...nodeHost,
    connect: (_target, window, sink) => {
      const line = { sink, window };
      lines.push(line);
      setImmediate(() => sink.connected());
      return transport(line);
    },
  };
  const engine = new Engine({ host, memoryBytes: 1 << 20, maxSockets: 8, windowBytes: WINDOW });
  const make = (): TCPSocket => new TCPSocket("peer", 1, { engine, binaryType: "uint8array" });
  const sockets = Array.from({ length: 6 }, (_, index) => storage.run(index, make));
  await Promise.all(sockets.map((socket) => socket.opened)); // data waits for a consumer
  return { engine, sockets, feeds: lines.map((line) => new Feed(line)) };
}

/** More has come for each than there is room for. */
async function waiting() {
  const { engine, sockets, feeds } = await opened();
  const read = (length: number): void => {
    for (const [index, feed] of feeds.entries()) storage.run(index, () => feed.read(length));
  };
  for (let i = 0; i < 20; i++) read(WINDOW);
  expect(engine.stats.poolFreeBytes).toBeLessThan(WINDOW);
  for (let i = 0; i < 5; i++) read(10);
  return { sockets, feeds };
}

/** In which contexts a socket is told of data from now on. */
function contextsOf(socket: TCPSocket): Set<number | undefined> {
  const contexts = new Set<number | undefined>();
  socket.addEventListener("data", () => contexts.add(storage.getStore()));
  return contexts;
}

/** The numbers of the reads that a socket is told of from now on. */
function readsOf(socket: TCPSocket): number[] {
  const first: number[] = [];
  socket.addEventListener("data", (event) => {
    const { data } = event as unknown as { data: Uint8Array };
    for (const byte of data) if (byte !== first.at(-1)) first.push(byte);
  });
  return first;
}

function all({ reads }: Feed): number[] {
  return Array.from({ length: reads }, (_, i) => i + 1);
}

test("what is reported behind a read without room does not overtake it", async () => {
  const { sockets, feeds } = await waiting();
  for (const [index, socket] of sockets.entries()) {
    const reads = readsOf(socket);
    await settle();
    expect(reads).toEqual(all(feeds[index] as Feed));
  }
  const closed = sockets.map((socket) => next(socket, "close"));
  for (const socket of sockets) socket.closeImmediately();
  await Promise.all(closed);
});

test("nor does the peer's FIN", async () => {
  const { sockets, feeds } = await waiting();
  for (const { line } of feeds) line.sink.ended();
  for (const [index, socket] of sockets.entries()) {
    const reads = readsOf(socket);
    const closed = next(socket, "close");
    await settle();
    expect(reads).toEqual(all(feeds[index] as Feed));
    await closed;
  }
});

test("it comes in the context of its socket, whoever made room", async () => {
  const { sockets } = await waiting();
  for (const [index, socket] of sockets.entries()) {
    const contexts = storage.run(99, () => contextsOf(socket));
    await storage.run(99, settle);
    expect([...contexts]).toEqual([index]);
  }
});

test("so does a read that is reported within another's turn", async () => {
  const { sockets, feeds } = await opened();
  const [one, two] = sockets as [TCPSocket, TCPSocket];
  const contexts = contextsOf(two);
  one.ondata = () => feeds[1]?.read(10);
  storage.run(0, () => feeds[0]?.read(10));
  expect([...contexts]).toEqual([1]);
});

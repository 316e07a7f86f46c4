/**
 * A read for which the core has no room stays with the channel, and what is reported meanwhile behind it: TLS
 * hands out what one record more held though it was told to pause.
 */
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

/** Six sockets that have nobody for their data yet, and what feeds them. */
async function waiting() {
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
  const sockets = Array.from({ length: 6 }, make);
  await Promise.all(sockets.map((socket) => socket.opened)); // data waits for a consumer
  const feeds = lines.map((line) => new Feed(line));
  for (let i = 0; i < 20; i++) for (const feed of feeds) feed.read(WINDOW);
  expect(engine.stats.poolFreeBytes).toBeLessThan(WINDOW);
  for (let i = 0; i < 5; i++) for (const feed of feeds) feed.read(10);
  return { sockets, feeds };
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

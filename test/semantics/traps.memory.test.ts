/**
 * Traps that lie between engine and host: views of engine memory that go stale, bytes that change
 * while they are being written, input that comes one byte at a time. The host is watched from inside.
 */
import { describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import type { Host, Sink, Transport } from "../../host/transport.ts";
import { difference, joined, pattern } from "./support/bytes.ts";
import { Signal } from "./support/signal.ts";

const MIB = 1 << 20;
const HOSTS: [string, () => Host][] = [
  ["node", () => nodeHost],
  ["loopback", () => new Loopback({ seed: 1, faults: { split: true } })],
];

/** `to`, with some of its methods replaced. */
function altered<T extends object>(to: T, changes: Partial<T>): T {
  const get = (target: T, name: string | symbol): unknown => {
    if (name in changes) return Reflect.get(changes, name);
    const value: unknown = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  };
  return new Proxy(to, { get });
}

/** A client on `host`, and the socket a server made for it; input is `binaryType` "uint8array". */
async function pair(host: Host): Promise<{ engine: Engine; client: TCPSocket; served: TCPSocket }> {
  const engine = new Engine({ host, memoryBytes: 4 * MIB, checks: false });
  const server = new TCPServerSocket(0, { engine, binaryType: "uint8array" });
  const options = { engine, binaryType: "uint8array" } as const;
  const client = new TCPSocket("127.0.0.1", server.localPort, options);
  const served = await new Promise<TCPSocket>((resolve) => {
    server.onconnect = ({ socket }) => resolve(socket as TCPSocket);
  });
  server.close();
  served.ondata = () => {};
  await client.opened;
  return { engine, client, served };
}

/** Resolves with what a socket receives, once it is that much. */
function received(socket: TCPSocket, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const signal = new Signal();
  socket.ondata = ({ data }) => {
    chunks.push(data);
    length += data.length;
    signal.changed();
  };
  const told = (): string => `${length} of ${count} bytes`;
  return signal.until("all", told, () => length >= count).then(() => joined(...chunks));
}

describe.each(HOSTS)("%s", (_, makeHost) => {
  test("memory views stay valid during a pending read: engine memory never grows", async () => {
    const host = makeHost();
    const windows: Uint8Array[] = [];
    const watched = altered(host, {
      connect: (target, window, sink) => {
        windows.push(window);
        return host.connect(target, window, sink);
      },
    });
    const { engine, client, served } = await pair(watched);
    // A read is pending all the while; blocks, external payloads and held bytes come and go.
    const sizes = [1, 300, 70_000, 1 * MIB, 5 * MIB, 16, 256_000];
    const total = sizes.reduce((sum, size) => sum + size);
    served.suspend();
    const arrival = received(served, total);
    for (const size of sizes) client.send(pattern(size));
    await new Promise(setImmediate);
    served.resume();
    expect(difference(await arrival, joined(...sizes.map((size) => pattern(size))))).toBeNull();
    const late = new TCPSocket("127.0.0.1", 1, { engine });
    await late.closed.catch(() => {});
    const answer = received(client, 10);
    served.send(pattern(10)); // through the window that was handed out first
    expect(difference(await answer, pattern(10))).toBeNull();
    expect(windows.map(({ buffer }) => buffer.byteLength)).toEqual([4 * MIB, 4 * MIB]);
    expect(windows[0]?.buffer).toBe(windows[1]?.buffer);
    expect(engine.stats.memoryBytes).toBe(4 * MIB);
    await engine.drain(0);
  });

  test("write region reused before completion: what the host was given stays as it was", async () => {
    const host = makeHost();
    let writes = 0;
    const changed: string[] = [];
    const watched = altered(host, {
      connect: (target, window, sink) => {
        let views: readonly Uint8Array[] = [];
        let was = new Uint8Array();
        let done = 0;
        const sent = (count: number): void => {
          // What is confirmed is free again; all behind it is not.
          const found = difference(joined(...views).subarray(done), was.subarray(done));
          if (found !== null) changed.push(found);
          done += count;
          sink.sent(count);
        };
        const transport = host.connect(target, window, altered<Sink>(sink, { sent }));
        const write = (given: readonly Uint8Array[], bytes: number): void => {
          writes++;
          [views, was, done] = [given, new Uint8Array(joined(...given)), 0];
          transport.write(given, bytes);
        };
        return altered<Transport>(transport, { write });
      },
    });
    const { engine, client, served } = await pair(watched);
    served.suspend(); // so that writes take long
    const scratch = new Uint8Array(100_000);
    const sizes = Array.from(
      { length: 120 },
      (_, i) => [7, 256, 5_000, 40_000, 90_000][i % 5] ?? 0,
    );
    const arrival = received(
      served,
      sizes.reduce((sum, size) => sum + size),
    );
    const expected: Uint8Array[] = [];
    for (const [i, size] of sizes.entries()) {
      const part = scratch.subarray(0, size);
      part.set(pattern(size, i));
      expected.push(pattern(size, i));
      client.send(part);
      part.fill(0xff); // the app's own region, at once
      if (i % 3 === 0) await new Promise(setImmediate);
    }
    served.resume();
    expect(difference(await arrival, joined(...expected))).toBeNull();
    expect(changed).toEqual([]);
    expect(writes).toBeGreaterThan(5);
    await engine.drain(0);
  });

  test("1-byte reads for 1 MB: all there, in order, and nothing is held", async () => {
    const host = makeHost();
    const watched = altered(host, {
      connect: (target, window, sink) => {
        const byteByByte = (count: number): void => {
          const bytes = window.slice(0, count);
          for (const byte of bytes) {
            window[0] = byte;
            sink.received(1);
          }
        };
        return host.connect(target, window, altered<Sink>(sink, { received: byteByByte }));
      },
    });
    const { engine, client, served } = await pair(watched);
    const whole = new Uint8Array(MIB);
    let at = 0;
    const over = new Promise<void>((resolve) => {
      client.onmessages = ({ data: batch }) => {
        whole.set(batch.bytes, at);
        at += batch.bytes.length;
        if (at >= MIB) resolve();
      };
    });
    served.send(pattern(MIB));
    await over;
    expect(difference(whole, pattern(MIB))).toBeNull();
    expect(client.bytesReceived).toBe(MIB);
    expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
    await engine.drain(0);
  });
});

/**
 * A host may report bytes inside any call made to it: TLS does, when writing makes it decrypt. The bytes
 * land in the one window of the engine; those being handled must not change by that, and none be lost.
 */
import { describe, expect, test } from "vitest";
import { Engine, framing, type Host, TCPSocket } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import type { Sink, Transport } from "../../host/transport.ts";

const MESSAGES = 400;

/** Message `n` of a connection: each byte tells whose it is. */
function message(connection: number, n: number): Uint8Array {
  return new Uint8Array((n * 37) % 900).fill((connection * 101 + n) & 0xff);
}

/** All messages, length-prefixed, cut into reads of odd sizes. */
function reads(connection: number): Uint8Array[] {
  const frames = Array.from({ length: MESSAGES }, (_, n) => {
    const body = message(connection, n);
    return Buffer.concat([Buffer.of(body.length >> 8, body.length & 0xff), body]);
  });
  const stream = Buffer.concat(frames);
  const cut: Uint8Array[] = [];
  for (let at = 0, size = 1; at < stream.length; at += size, size = ((size * 7) % 4096) + 1) {
    cut.push(stream.subarray(at, at + size));
  }
  return cut;
}

/** Reports a read of some connection within each call made to it, and one more in a task. */
class Reentrant {
  readonly lines: { sink: Sink; window: Uint8Array; rest: Uint8Array[]; paused: boolean }[] = [];
  calls = 0;
  /** What is being handled: nothing may be called meanwhile. */
  handling = false;
  readonly host: Host = {
    ...nodeHost,
    connect: (_target, window, sink) => {
      const line = { sink, window, rest: reads(this.lines.length), paused: false };
      this.lines.push(line);
      setImmediate(() => sink.connected());
      return this.#transport(line);
    },
  };

  #transport(line: Reentrant["lines"][number]): Transport {
    const pausing = (paused: boolean) => (): void => {
      line.paused = paused;
      this.#called();
    };
    return {
      addresses: { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 },
      tlsInfo: null,
      write: (_views, bytes) => {
        this.#called();
        setImmediate(() => line.sink.sent(bytes));
      },
      secure: () => this.#called(),
      pause: pausing(true),
      resume: pausing(false),
      finish: () => this.#called(),
      destroy: () => setImmediate(() => line.sink.closed()),
      ref: () => {},
      unref: () => {},
    };
  }

  #called(): void {
    expect(this.handling).toBe(false);
    this.calls++;
    this.read();
  }

  /** One read of the connection that has most left. */
  read(): boolean {
    const able = this.lines.filter(({ paused, rest }) => !paused && rest.length > 0);
    const [line] = able.sort((a, b) => b.rest.length - a.rest.length);
    const bytes = line?.rest.shift();
    if (line === undefined || bytes === undefined) return false;
    line.window.set(bytes);
    line.sink.received(bytes.length);
    return true;
  }
}

describe.each(["messages", "uint8array", "arraybuffer", "string"] as const)("by %s", (way) => {
  test("bytes being handled stay as they are, and every message comes once", async () => {
    const reentrant = new Reentrant();
    const engine = new Engine({ host: reentrant.host });
    const binaryType = way === "messages" ? "uint8array" : way;
    const sockets = [0, 1].map((connection) => {
      const options = { engine, binaryType, framing: framing.lengthPrefixed({ bytes: 2 }) };
      const socket = new TCPSocket("h", 1, options);
      const got: Uint8Array[] = [];
      const handle = (bytes: () => Uint8Array): void => {
        reentrant.handling = true;
        const before = bytes().slice();
        expect(Buffer.compare(before, message(connection, got.length))).toBe(0);
        got.push(before);
        for (const other of sockets) if (other.socket.readyState === "open") other.socket.send("x");
        if (got.length % 5 === 0) {
          socket.suspend();
          setImmediate(() => socket.resume());
        }
        expect(Buffer.compare(bytes(), before)).toBe(0);
        reentrant.handling = false;
      };
      if (way === "messages") {
        socket.onmessages = ({ data: batch }) => {
          for (let i = 0; i < batch.length; i++) {
            const [offset, size] = [batch.offset(i), batch.size(i)];
            handle(() => batch.bytes.subarray(offset, offset + size));
          }
        };
      } else {
        socket.ondata = ({ data }) => handle(() => Buffer.from(data, "latin1"));
      }
      return { socket, got };
    });
    for (const { socket } of sockets) await socket.opened.catch(() => {});
    while (sockets.some(({ got }) => got.length < MESSAGES)) {
      reentrant.read();
      await new Promise(setImmediate);
    }
    expect(reentrant.calls).toBeGreaterThan(100);
    for (const { got } of sockets) expect(got.length).toBe(MESSAGES);
    for (const { socket } of sockets) socket.closeImmediately();
  }, 20_000);
});

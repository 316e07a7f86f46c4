import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { compileCore } from "../../bindings/core.ts";
import { CORE, driverOf, engineFor } from "../../bindings/engine.ts";
import {
  Engine,
  TCPServerSocket,
  TCPSocket,
  type TCPSocketErrorEvent,
} from "../../bindings/index.ts";
import { next } from "../support/hosts.ts";

const trapping = compileCore(
  readFileSync(new URL("../../build/core.trapping.wasm", import.meta.url)),
);

let server: Server | undefined;
const peers: Socket[] = [];

afterEach(() => {
  for (const peer of peers.splice(0)) peer.destroy();
  server?.close();
});

async function listen(): Promise<number> {
  server = createServer((socket) => {
    socket.on("error", () => {});
    peers.push(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function connect(port: number, engine?: Engine): Promise<TCPSocket> {
  const socket = new TCPSocket("127.0.0.1", port, engine ? { engine } : {});
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

/** The events of the end, in order; resolves at `close`. */
function ending(socket: TCPSocket): Promise<string[]> {
  const seen: string[] = [];
  return new Promise((resolve) => {
    socket.addEventListener("error", (event) => {
      const { name, error } = event as TCPSocketErrorEvent;
      seen.push(`error ${name} ${socket.readyState} ${error?.cause instanceof Error}`);
    });
    socket.addEventListener("close", () => {
      seen.push(`close ${socket.readyState}`);
      setImmediate(() => resolve(seen));
    });
  });
}

const FAILED = ["error NetworkError closed true", "close closed"];

describe("a trap", () => {
  test("inside send() returns false; every socket of that engine gets error and close", async () => {
    const port = await listen();
    const engine = new Engine({ [CORE]: trapping } as never);
    const [one, other] = [await connect(port, engine), await connect(port, engine)];
    const bystander = await connect(port);
    const ends = [ending(one), ending(other)];
    let early = false;
    one.addEventListener("error", () => {
      early = true;
    });
    expect([one.send(new Uint8Array(10)), one.send(new Uint8Array(10))]).toEqual([true, true]);
    expect(one.send(new Uint8Array(666))).toBe(false);
    expect(one.send(new Uint8Array(10)), "where there was room").toBe(false);
    expect(early).toBe(false);
    expect(await Promise.all(ends)).toEqual([FAILED, FAILED]);
    expect(engine.failed).toBe(true);
    expect(() => new TCPSocket("127.0.0.1", port, { engine })).toThrow(
      expect.objectContaining({ name: "InvalidStateError" }),
    );
    expect(() => one.send("x")).not.toThrow();
    expect(one.bufferedAmount).toBe(0);
    expect(bystander.readyState).toBe("open");
    expect(bystander.send("still here")).toBe(true);
    bystander.close();
  });

  test("in what the host reports ends the same way, servers included", async () => {
    const port = await listen();
    const engine = new Engine({ [CORE]: trapping } as never);
    const listener = new TCPServerSocket(0, { engine });
    const told = new Promise((resolve) => listener.addEventListener("error", resolve));
    const socket = await connect(port, engine);
    const end = ending(socket);
    peers[0]?.write(Buffer.alloc(667));
    expect(await end).toEqual(FAILED);
    await told;
    await new Promise((resolve) => {
      const refused = new TCPSocket("127.0.0.1", listener.localPort);
      refused.onerror = resolve;
    });
  });

  test("replaces the default engine on next use", async () => {
    const port = await listen();
    const socket = await connect(port);
    const broken = engineFor(undefined);
    const { core } = driverOf(broken);
    // The socket table lies behind the iov table, 58 words a record; word 8 is its sendHead.
    const table = (core.control(abi.CONTROL_IOV) + core.control(abi.CONTROL_IOV_MAX) * 8) >>> 2;
    for (let at = table; at < table + 100 * 58; at += 58)
      core.words.fill(0xfffffff0, at + 8, at + 10);
    const end = ending(socket);
    expect(socket.send("into the void")).toBe(false);
    expect(await end).toEqual(FAILED);
    const fresh = await connect(port);
    expect(engineFor(undefined)).not.toBe(broken);
    expect(fresh.send("hello")).toBe(true);
    fresh.close();
  });
});

describe("a turn", () => {
  test("what escapes a subclass's dispatchEvent stops no other socket", async () => {
    const port = await listen();
    const engine = new Engine();
    class Odd extends TCPSocket {
      override dispatchEvent(event: Event): boolean {
        if (event.type === "close") throw new Error("odd");
        return super.dispatchEvent(event);
      }
    }
    const odd = new Odd("127.0.0.1", port, { engine });
    await next(odd, "open");
    odd.onclose = () => {};
    const thrown = new Promise((resolve) => {
      const listeners = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const listener of listeners) process.on("uncaughtException", listener);
        resolve(error.message);
      });
    });
    odd.close();
    expect(await thrown).toBe("odd");
    const other = await connect(port, engine);
    expect(other.readyState).toBe("open");
    await engine.drain(100);
  });

  test("closeImmediately() behind a write the peer never takes still ends the transport", async () => {
    const port = await listen();
    const engine = new Engine();
    const socket = await connect(port, engine);
    while (peers.length === 0) await new Promise(setImmediate);
    peers[0]?.pause();
    socket.send(new Uint8Array(64 << 20));
    await new Promise((resolve) => setImmediate(resolve));
    socket.closeImmediately();
    await socket.closed;
    await engine.drain(50);
    expect(engine.stats.sockets).toBe(0);
  });

  test("M16: a connection refused before it began is told to handlers set in microtasks", async () => {
    for (const [host, options] of [
      ["a\0b", {}],
      ["127.0.0.1", { localAddress: "nonsense" }],
    ] as const) {
      const socket = new TCPSocket(host, 1, options);
      for (let i = 0; i < 5; i++) await null;
      const seen: string[] = [];
      socket.onerror = () => seen.push("error");
      await new Promise((resolve) => {
        socket.onclose = resolve;
      });
      expect(seen).toEqual(["error"]);
    }
  });

  test("send() goes by the true length of an array, whatever it says", async () => {
    const port = await listen();
    const engine = new Engine();
    const [liar, victim] = [await connect(port, engine), await connect(port, engine)];
    const received: Buffer[] = [];
    for (const peer of peers) peer.on("data", (bytes) => received.push(bytes));
    victim.send("VICTIM");
    const bytes = new Uint8Array(2000).fill(66);
    Object.defineProperty(bytes, "length", { value: 5 });
    liar.send(bytes);
    victim.send("VICTIM");
    liar.close();
    victim.close();
    await Promise.all([liar.closed, victim.closed]);
    while (Buffer.concat(received).length < 2012) await new Promise(setImmediate);
    const text = Buffer.concat(received).toString();
    expect(text.replaceAll("B", "")).toBe("VICTIMVICTIM");
    expect(text).toHaveLength(2012);
  });

  test("an exception of a handler is not taken for a trap, and stops nothing", async () => {
    const port = await listen();
    const socket = await connect(port);
    const thrown: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => thrown.push(error));
    try {
      const first = new Promise<void>((resolve) => {
        socket.ondata = () => {
          queueMicrotask(resolve);
          throw new Error("the app's own");
        };
      });
      peers[0]?.write("a");
      await first;
      const second = new Promise((resolve) => {
        socket.ondata = resolve;
      });
      peers[0]?.write("b");
      expect(((await second) as { data: string }).data).toBe("b");
      expect(thrown).toEqual([expect.objectContaining({ message: "the app's own" })]);
      expect(engineFor(undefined).failed).toBe(false);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
    socket.close();
  });
});

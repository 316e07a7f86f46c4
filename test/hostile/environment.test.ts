/**
 * What others do to the program: options on Object.prototype, methods of built-in classes wrapped, globals
 * replaced or gone, all after the package was loaded. Nothing of it reaches an engine.
 *
 * While it is done only the package runs: the test runner needs what is replaced as much.
 */
import { describe, expect, test } from "vitest";
import { Engine, framing, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import type { Host } from "../../host/transport.ts";
import { reports } from "../semantics/support/reports.ts";
import type { Any } from "./support/values.ts";

/** Puts other values into `object`; returns what puts back what was there. */
function replace(object: object, values: object): () => void {
  const before = Object.keys(values).map(
    (name) => [name, Object.getOwnPropertyDescriptor(object, name)] as const,
  );
  for (const [name, value] of Object.entries(values)) {
    const property = { value, configurable: true, writable: true, enumerable: true };
    Object.defineProperty(object, name, property);
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete (object as Any)[name];
      else Object.defineProperty(object, name, descriptor);
    }
  };
}

/** Runs `body` with other values in `object`. */
async function replaced(
  object: object,
  values: object,
  body: () => Promise<unknown>,
): Promise<void> {
  const restore = replace(object, values);
  try {
    await body();
  } finally {
    restore();
  }
}

/** The runner's own messages, sent whenever it likes, set `process.nextTick`: an empty object stands for none. */
const MISSING = new Map<string, unknown>([["process", {}]]);

const HOSTS: Record<string, () => Host> = {
  loopback: () => new Loopback({ seed: 1 }),
  "node:net": () => nodeHost,
};

/** What an exchange of every kind has brought. */
interface Exchange {
  readonly log: string[];
  readonly engine: Engine;
}

/** A server, a client, messages both ways, a signal, an orderly end. */
async function exchange(host: Host): Promise<Exchange> {
  const log: string[] = [];
  const engine = new Engine({ host, memoryBytes: 4 << 20 });
  const server = new TCPServerSocket(0, { engine, framing: framing.lines() });
  server.onconnect = ({ socket }) => {
    if (socket === null) return;
    socket.onmessages = ({ data: batch }) => {
      for (const message of batch) socket.send(message);
    };
    socket.onclose = () => log.push("served close");
  };
  const controller = new AbortController();
  const { signal } = controller;
  const options = { engine, framing: framing.lines({ eol: "\r\n" }), signal };
  const client = new TCPSocket("localhost", server.localPort, options);
  const closed = new Promise<void>((resolve) => {
    client.addEventListener("close", () => resolve());
  });
  client.onopen = () => {
    log.push("open");
    log.push(String(client.send("one")), String(client.send(Uint8Array.of(0x32))));
    log.push(String(client.send(new Uint8Array(70_000).fill(97))));
  };
  client.ondata = ({ data }) => {
    log.push(data.slice(0, 9));
    if (data.length > 9) client.close();
  };
  client.onerror = ({ error }) => log.push(String(error));
  client.onclose = () => log.push("close");
  await closed;
  server.close();
  await engine.drain(1000);
  log.push(String(engine.stats.sockets));
  return { log: log.filter((line) => line !== "served close"), engine };
}

const EXPECTED = ["open", "true", "true", "false", "one", "2", "aaaaaaaaa", "close", "0"];

function works(name: string, object: object, values: () => object, host: Host): void {
  test(name, async () => {
    let during: Exchange | undefined;
    const reported = await reports(0, async () => {
      await replaced(object, values(), async () => {
        during = await exchange(host);
      });
    });
    expect(reported).toEqual([]);
    expect(during?.log).toEqual(EXPECTED);
    expect(during?.engine.failed).toBe(false);
    expect((await exchange(host)).log).toEqual(EXPECTED);
  });
}

/** Each method in a function that does the same. */
function wrapped(prototype: object): object {
  const methods: [string, unknown][] = [];
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    if (typeof value !== "function" || name === "constructor") continue;
    methods.push([
      name,
      function (this: unknown, ...given: unknown[]) {
        return Reflect.apply(value, this, given);
      },
    ]);
  }
  return Object.fromEntries(methods);
}

const OPTIONS = `binaryType framing useSecureTransport tls idleTimeout highWaterMark lowWaterMark
  maxBufferedAmount allowHalfOpen noDelay keepAlive signal engine connectTimeout localAddress localPort lookup
  maxConnections maxReceiveBytes handshakeTimeout reusePort bytes endian offset adjust strip maxMessageBytes keep
  delimiters eol lastLine size memoryBytes maxSockets windowBytes checks ca cert key`.split(/\s+/);

describe.each(Object.entries(HOSTS))("%s, with", (where, host) => {
  for (const value of [1, "x", true, Symbol("polluted"), null] as unknown[]) {
    const all = (): object => Object.fromEntries(OPTIONS.map((name) => [name, value]));
    if (where === "loopback")
      works(`options on Object.prototype: ${String(value)}`, Object.prototype, all, host());
  }

  test("options on Object.prototype: framings are what they were described as", async () => {
    const before = [framing.lengthPrefixed(), framing.varint({ offset: 1 }), framing.fixed(4)];
    await replaced(Object.prototype, { strip: 3, size: 3, offset: 3 }, async () => {
      const during = [framing.lengthPrefixed(), framing.varint({ offset: 1 }), framing.fixed(4)];
      expect(during.map((one) => JSON.stringify(one))).toEqual(
        before.map((one) => JSON.stringify(one)),
      );
      expect(() => framing.fixed(undefined as Any)).toThrow(TypeError);
    });
  });

  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  const prototypes = { Array: Array.prototype, TypedArray: typedArray, Promise: Promise.prototype };
  for (const [name, prototype] of Object.entries({
    ...prototypes,
    Map: Map.prototype,
    String: String.prototype,
  })) {
    works(`every method of ${name} wrapped`, prototype, () => wrapped(prototype), host());
    works(`something added to ${name}`, prototype, () => ({ added: () => {} }), host());
  }

  const globals = ["Buffer", "queueMicrotask", "EventTarget", "Event", "structuredClone"];
  const ours = ["process", "AbortSignal", "performance"]; // the host for node needs its own of them
  for (const name of where === "loopback" ? [...globals, ...ours] : globals) {
    works(`no ${name}`, globalThis, () => ({ [name]: MISSING.get(name) }), host());
    works(`another ${name}`, globalThis, () => ({ [name]: class Another {} }), host());
  }
});

test("then() that throws while a call is made does not stop the engine", async () => {
  const network = new Loopback({ seed: 1 });
  const engine = new Engine({ host: network, memoryBytes: 4 << 20 });
  const server = new TCPServerSocket(0, { engine });
  const got: string[] = [];
  server.onconnect = ({ socket }) => socket?.addEventListener("data", ({ data }) => got.push(data));
  const client = new TCPSocket("localhost", server.localPort, { engine });
  await network.run();
  const then = (): never => {
    throw new Error("not then");
  };
  const restore = replace(Promise.prototype, { then });
  try {
    client.send("one ");
  } finally {
    restore();
  }
  client.send("two");
  await network.run();
  expect([got.join(""), client.bufferedAmount]).toEqual(["one two", 0]);
});

test("a handler's exception is reported without queueMicrotask, and the engine goes on", async () => {
  const network = new Loopback({ seed: 1 });
  const engine = new Engine({ host: network, memoryBytes: 4 << 20 });
  const log: string[] = [];
  const reported = await reports(2, async () => {
    await replaced(globalThis, { queueMicrotask: undefined }, async () => {
      const server = new TCPServerSocket(0, { engine });
      const client = new TCPSocket("localhost", server.localPort, { engine });
      client.onopen = () => {
        throw new Error("of a handler");
      };
      client.onclose = () => log.push("close");
      const other = new TCPSocket("localhost", server.localPort, { engine });
      other.addEventListener("open", () => log.push("other"));
      other.dispatchEvent = () => {
        throw new Error("of a socket");
      };
      await network.run();
    });
  });
  expect(reported.sort()).toEqual(["of a handler", "of a socket"]);
  expect(log).toEqual(["close"]);
});

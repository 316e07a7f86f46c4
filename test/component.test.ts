/**
 * The component, as jco makes JavaScript of it: every conformance script has the digest it has
 * everywhere, and what the scripts do not reach: stepwise upgrades, limits, the component's own memory.
 */
import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as reasons from "../assembly/reasons.ts";
import {
  type Case,
  type Component,
  carried,
  type Engine,
  loadComponent,
  tags,
} from "./support/component.ts";
import { pattern } from "./support/embedder.ts";
import { run } from "./support/program.ts";
import { judge, texts } from "./support/vectors/stream.ts";

const BUILD_MILLISECONDS = 120_000;
const SMALL = { memoryBytes: 2 << 20, sockets: 32, windowBytes: 16384 };

let fresh: () => Component;
let engine: Engine;
let memory: WebAssembly.Memory;

beforeAll(async () => {
  await run("scripts/build-component.mjs");
  fresh = await loadComponent();
}, BUILD_MILLISECONDS);

beforeEach(() => {
  ({ engine, memory } = fresh());
});

/** Opens a socket, its transport up, and forgets what is said of it. */
function opened(settings: Case[] = [], framing?: Case): number {
  const events = engine.turn([{ tag: "open", val: { role: { tag: "client" }, settings } }]);
  const { socket } = carried<{ socket: number }>(events, "opened");
  const framings = framing === undefined ? [] : [{ tag: "set-framing", val: { socket, framing } }];
  engine.turn([...framings, { tag: "connected", val: socket }]);
  engine.turn([]);
  return socket;
}

function received(socket: number, text: string): Case {
  return { tag: "received", val: { socket, bytes: Buffer.from(text, "latin1") } };
}

/** Transmits all there is, in parts; returns it. */
function flush(socket: number, first: readonly Case[]): Buffer {
  const parts: Uint8Array[] = [];
  let events = first;
  while (tags(events).includes("transmit")) {
    const { bytes } = carried<{ bytes: Uint8Array }>(events, "transmit");
    parts.push(bytes.slice());
    const half = bytes.length >> 1;
    const counts = [half, bytes.length - half];
    events = engine.turn(counts.map((count) => ({ tag: "sent", val: { socket, count } })));
  }
  return Buffer.concat(parts);
}

test("every conformance script has its digest", { timeout: BUILD_MILLISECONDS }, async () => {
  const input = `${[...texts(false)].join("\n")}\n`;
  const verdict = judge(await run("test/hosts/play-component.mjs", [], input), false);
  expect(verdict.failures).toEqual([]);
  expect(verdict.skips).toEqual([]);
  expect(verdict.passed).toBeGreaterThan(300);
});

test("the reasons are those of the core", () => {
  const wit = readFileSync(new URL("../assembly/wit/engine.wit", import.meta.url), "utf8");
  const names = wit.match(/enum reason \{([^}]*)\}/)?.[1]?.match(/[\w-]+/g) ?? [];
  const numbers = Object.entries(reasons).map(([name, number]) => [
    number,
    name.replace("REASON_", "").toLowerCase().replaceAll("_", "-"),
  ]);
  expect(names.map((name, index) => [index + 1, name])).toEqual(numbers);
});

describe("limits", () => {
  test("init can be left out, and comes before the first turn", () => {
    expect(engine.abiVersion()).toBe(0x10000);
    opened();
    expect(() => engine.init(SMALL)).toThrow(expect.objectContaining({ payload: "state" }));
  });

  test("what cannot be had is refused", () => {
    const limits = { ...SMALL, windowBytes: 1 };
    expect(() => engine.init(limits)).toThrow(expect.objectContaining({ payload: "arg" }));
    engine.init(SMALL);
    expect(() => engine.status(77)).toThrow(expect.objectContaining({ payload: "stale" }));
  });

  test("a chunk larger than the window is refused, and its ops by their numbers", () => {
    engine.init(SMALL);
    const socket = opened();
    const events = engine.turn([
      received(socket, "x".repeat(16385)),
      received(socket, "fits"),
      { tag: "suspend", val: 77 },
    ]);
    expect(events.filter(({ tag }) => tag === "refused").map(({ val }) => val)).toEqual([
      { op: 0, why: "arg" },
      { op: 2, why: "stale" },
    ]);
    expect(tags(events)).toContain("data");
  });
});

describe("turns", () => {
  test("one turn serves many sockets", () => {
    const sockets = Array.from({ length: 200 }, () => opened());
    const events = engine.turn(sockets.map((socket) => received(socket, `for ${socket}`)));
    const said = events.map(({ val }) => val as { socket: number; bytes: Uint8Array });
    expect(said.map(({ socket }) => socket)).toEqual(sockets);
    expect(said.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(
      sockets.map((socket) => `for ${socket}`),
    );
  });

  test("socket 0 is the one opened last, so one turn does for a new connection", () => {
    const events = engine.turn([
      { tag: "open", val: { role: { tag: "listener" }, settings: [] } },
      { tag: "open", val: { role: { tag: "client" }, settings: [] } },
      { tag: "connected", val: 0 },
      { tag: "open", val: { role: { tag: "accepted", val: 77 }, settings: [] } },
      { tag: "connected", val: 0 },
    ]);
    const [, { socket }] = events.filter(({ tag }) => tag === "opened").map(({ val }) => val) as {
      socket: number;
    }[] as [unknown, { socket: number }];
    expect(events.filter(({ tag }) => tag === "open" || tag === "refused")).toEqual([
      { tag: "refused", val: { op: 3, why: "stale" } },
      { tag: "refused", val: { op: 4, why: "stale" } },
      { tag: "open", val: socket },
    ]);
  });

  test("an event of a stepwise socket ends it, and the ops behind are given back", () => {
    const stepwise = opened([{ tag: "stepwise" }]);
    const other = opened();
    const ops = [received(stepwise, "1"), received(stepwise, "2"), received(other, "3")];
    expect(engine.turn(ops).at(-1)).toEqual({ tag: "again", val: 2 });
    expect(engine.turn(ops.slice(1)).at(-1)).toEqual({ tag: "again", val: 1 });
    expect(tags(engine.turn([{ tag: "run-on", val: stepwise }, ...ops.slice(1)]))).toEqual([
      "data",
      "data",
    ]);
  });
});

describe("upgrades", () => {
  const lines = { tag: "delimited", val: framing() };

  function framing(): object {
    const delimiters = [Buffer.from("\r\n")];
    return { delimiters, keep: false, lastLine: false, maxMessageBytes: 0 };
  }

  test("are for stepwise sockets", () => {
    const socket = opened();
    expect(engine.turn([{ tag: "upgrade", val: socket }])).toEqual([
      { tag: "refused", val: { op: 0, why: "state" } },
    ]);
  });

  test("begin behind the reply, if nothing follows it", () => {
    const socket = opened([{ tag: "stepwise" }], lines);
    expect(tags(engine.turn([received(socket, "220 go\r\n")]))).toEqual(["messages", "again"]);
    const delivered = { tag: "delivered", val: { socket, count: 1 } };
    const started = engine.turn([{ tag: "upgrade", val: socket }, delivered]);
    expect(tags(started)).toContain("start-tls");
    expect(tags(engine.turn([{ tag: "secured", val: socket }]))).toContain("secure");
  });

  test.each(["1", "2"])("fail by what was injected, delivered(%s)", (count) => {
    const socket = opened([{ tag: "stepwise" }], lines);
    engine.turn([received(socket, "220 go\r\n250 evil\r\n250 mo")]);
    const delivered = { tag: "delivered", val: { socket, count: Number(count) } };
    const events = engine.turn([{ tag: "upgrade", val: socket }, delivered]);
    expect(carried(events, "error")).toMatchObject({ reason: "plaintext-left" });
    expect(tags(events)).not.toContain("start-tls");
  });
});

describe("the component's memory", () => {
  test("keeps what the engine has no room for, in order, and gives it back", () => {
    engine.init(SMALL);
    const socket = opened();
    const payloads = [100, 300_000, 7, 65_537, 0, 2_000_000, 1].map((n, i) => pattern(n, i));
    const send = payloads.map((bytes) => ({ tag: "send", val: { socket, bytes } }));
    const events = engine.turn(send);
    expect(engine.status(socket).bufferedAmount).toBe(2_365_645n);
    expect(flush(socket, events).equals(Buffer.concat(payloads))).toBe(true);
    const grown = memory.buffer.byteLength;
    for (let round = 0; round < 5; round++) flush(socket, engine.turn(send));
    expect(memory.buffer.byteLength).toBe(grown);
    expect(engine.status(socket).bufferedAmount).toBe(0n);
  });

  test("forgets what is not sent any more", () => {
    engine.init(SMALL);
    const bytes = pattern(1_000_000);
    let grown = 0;
    for (let round = 0; round < 20; round++) {
      const socket = opened();
      engine.turn([{ tag: "send", val: { socket, bytes } }]);
      engine.turn([{ tag: "abort", val: socket }]);
      expect(tags(engine.turn([{ tag: "closed", val: socket }]))).toContain("released");
      if (round === 0) grown = memory.buffer.byteLength;
    }
    expect(memory.buffer.byteLength).toBe(grown);
  });

  test("holds nothing of a turn that is over", () => {
    engine.init(SMALL);
    const socket = opened();
    const text = "secret!".repeat(2000);
    const grown = new Set<number>();
    for (let round = 0; round < 200; round++) {
      expect(tags(engine.turn([received(socket, text)]))).toEqual(["data"]);
      grown.add(memory.buffer.byteLength);
    }
    expect(grown.size).toBe(1);
    engine.turn([{ tag: "abort", val: socket }]);
    engine.turn([{ tag: "closed", val: socket }]);
    expect(Buffer.from(memory.buffer).includes("secret!")).toBe(false);
  });
});

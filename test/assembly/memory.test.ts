import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, SMALL } from "../support/embedder.ts";

const PAGE = 65536;

describe.each(BUILDS)("init of %s", (build) => {
  test("divides memory once", () => {
    const core = new Embedder(build);
    expect(core.init(SMALL)).toBe(abi.E_STATE);
    expect(core.control(abi.CONTROL_MAGIC)).toBe(abi.MAGIC);
    expect(core.control(abi.CONTROL_WINDOW_BYTES)).toBe(abi.WINDOW_BYTES_MIN);
    const window = core.control(abi.CONTROL_WINDOW);
    expect(window + abi.WINDOW_BYTES_MIN + core.poolBytes).toBeLessThanOrEqual(2 << 20);
  });

  test("has defaults of its own: 31 MiB, a socket per KiB", () => {
    const core = new Embedder(build, null);
    expect(core.call.init(0)).toBe(0);
    expect(core.memory.buffer.byteLength).toBe(31 << 20);
    expect(core.poolBytes).toBeGreaterThan(31 * 1024 * 256);
    let sockets = 0;
    while (core.open() > 0) sockets++;
    expect(sockets).toBe(31 * 1024);
  });

  test.each([
    [[0, 65536, 0], 64 << 20],
    [[0, 31 * 1024 + 64, 0], (31 << 20) + PAGE],
    [[0, 100, 0], 31 << 20],
    [[0, 0, 2 << 20], 128 << 20],
    [[0, 16, abi.WINDOW_BYTES_MAX], 1 << 30],
    [[0, 0, abi.WINDOW_BYTES_MAX], 1 << 30],
  ])("takes as much memory as %o need", (config, bytes) => {
    const core = new Embedder(build, config);
    expect(core.memory.buffer.byteLength).toBe(bytes);
  });

  test("has room for a million sockets, each with its block", () => {
    const core = new Embedder(build, [0, abi.SOCKETS_MAX, 0]);
    expect(core.memory.buffer.byteLength).toBe(1 << 30);
    expect(core.poolBytes).toBeGreaterThan(abi.SOCKETS_MAX * 256);
  });

  test("gives a smaller memory fewer sockets, unless told how many", () => {
    const core = new Embedder(build, [2 << 20, 0, abi.WINDOW_BYTES_MIN]);
    let sockets = 0;
    while (core.open() > 0) sockets++;
    expect(sockets).toBe(2048);
  });

  test("refuses what cannot be divided, and may then be tried again", () => {
    const core = new Embedder(build, null);
    const bad = [
      [1 << 20, 65536, PAGE],
      [64 << 20, abi.SOCKETS_MAX + 1, PAGE],
      [64 << 20, 16, abi.WINDOW_BYTES_MIN - 1],
      [64 << 20, 16, abi.WINDOW_BYTES_MAX + 1],
      [1 << 16, 16, PAGE],
      [0xffffffff, 16, PAGE],
    ];
    for (const config of bad) expect(core.init(config), String(config)).toBe(abi.E_ARG);
    expect(core.call.init(-1)).toBe(abi.E_ARG);
    expect(core.call.init(99)).toBe(abi.E_ARG);
    expect(core.init(SMALL)).toBe(0);
  });

  test("before it nothing works and nothing traps", () => {
    const core = new Embedder(build, null);
    for (const [name, call] of Object.entries(core.call)) {
      if (typeof call !== "function" || name === "init") continue;
      for (const value of [0, 1, -1, 1 << 20, 0x7fffffff]) {
        expect(() => (call as (...args: number[]) => number)(value, value, value)).not.toThrow();
      }
    }
    expect(core.open()).toBe(abi.E_LIMIT);
    expect(core.init(SMALL)).toBe(0);
    expect(core.open()).toBeGreaterThan(0);
  });
});

/**
 * A fresh engine for each test, and what must be true of it afterwards: no socket is left, the
 * pool is as free as it was, and the core has not trapped.
 */
import { afterEach, beforeEach, expect, vi } from "vitest";
import { Engine } from "../../../bindings/index.ts";

/** Longer than a socket may linger after its `close`. */
const LINGER_MILLISECONDS = 5_000;

export function freshEngine(): () => Engine {
  let engine: Engine;
  beforeEach(() => {
    engine = new Engine();
  });
  afterEach(async () => {
    await vi.waitFor(() => expect(engine.stats.sockets).toBe(0), { timeout: LINGER_MILLISECONDS });
    expect(engine.stats.poolFreeBytes).toBe(engine.stats.poolBytes);
    expect(engine.failed).toBe(false);
  });
  return () => engine;
}

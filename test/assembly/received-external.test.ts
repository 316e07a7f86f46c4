/** Bytes that stay with the host: announced at once and as they are, or not taken at all. */
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { framing } from "../../bindings/index.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

const CONFIG = [8 << 20, 32, abi.WINDOW_BYTES_MIN];

/** A socket, and whatever keeps bytes from passing by it. */
const OBSTACLES: Record<string, (core: Embedder) => number> = {
  "a framing": (core) => {
    const handle = core.opened();
    core.setFraming(handle, framing.lines());
    return handle;
  },
  "suspend()": (core) => {
    const handle = core.opened();
    core.call.suspend(handle);
    return handle;
  },
  "nobody asks for them now": (core) => {
    const handle = core.opened();
    core.call.claim(handle, 0);
    return handle;
  },
  "bytes that wait": (core) => {
    const handle = core.opened();
    core.call.suspend(handle);
    core.receive(handle, pattern(9));
    core.drain();
    core.call.resume(handle);
    return handle;
  },
  "a part of a message of the framing before": (core) => {
    const handle = core.opened();
    core.setFraming(handle, framing.fixed(10));
    core.deliver(handle, pattern(9));
    core.setFraming(handle, null);
    return handle;
  },
  "an upgrade": (core) => {
    const handle = core.opened();
    core.call.upgrade(handle);
    return handle;
  },
  "an error to come": (core) => {
    const handle = core.opened();
    core.call.failed(handle, 3);
    return handle;
  },
  "the peer's FIN": (core) => {
    const handle = core.opened();
    core.call.ended(handle);
    return handle;
  },
  "close()": (core) => {
    const handle = core.opened();
    core.call.close(handle);
    return handle;
  },
  "not connected": (core) => core.open(),
  "a listener": (core) => core.open(abi.ROLE_LISTENER),
};

describe.each(BUILDS)("received_external in %s", (build) => {
  test("is announced as data at address 0, and counted", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    expect(core.call.received_external(handle, 100_000)).toBe(0);
    expect(core.poll()).toMatchObject([{ kind: "data", socket: handle, a: 0, b: 100_000 }]);
    expect(core.drain()).toEqual([]);
    expect(core.call.bytes_received(handle)).toBe(100_000);
    expect(core.deliver(handle, pattern(9)), "and then as ever").toEqual(Buffer.from(pattern(9)));
  });

  test.each(Object.keys(OBSTACLES))("%s: E_STATE, and nothing has happened", (name) => {
    const core = new Embedder(build, CONFIG);
    const handle = (OBSTACLES[name] as (core: Embedder) => number)(core);
    const before = core.call.bytes_received(handle);
    expect(core.call.received_external(handle, 5)).toBe(abi.E_STATE);
    expect(core.call.bytes_received(handle)).toBe(before);
    expect(core.drain().filter(({ kind, a }) => kind === "data" && a === 0)).toEqual([]);
  });

  test("refuses what is no number of bytes, a dead handle, and to interrupt a delivery", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    expect([0, -1, abi.NO_LIMIT].map((n) => core.call.received_external(handle, n))).toEqual([
      abi.E_ARG,
      abi.E_ARG,
      abi.E_ARG,
    ]);
    expect(core.call.received_external(handle + 1, 5)).toBe(abi.E_STALE);
    core.receive(handle, pattern(9));
    core.poll();
    expect(core.call.received_external(handle, 5)).toBe(abi.E_BUSY);
    core.drain();
    core.call.received_external(handle, 5);
    core.poll();
    expect(core.call.received(handle, 5), "the other way round").toBe(abi.E_BUSY);
  });

  test.each<[string, (core: Embedder, handle: number) => void]>([
    ["suspend()", (core, handle) => core.call.suspend(handle)],
    ["setFraming()", (core, handle) => core.setFraming(handle, framing.lines())],
    ["claim(0)", (core, handle) => core.call.claim(handle, 0)],
  ])("what was taken is announced as it is, though %s comes before the poll", (_, meanwhile) => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.call.received_external(handle, 77);
    meanwhile(core, handle);
    expect(core.drain()).toContainEqual(expect.objectContaining({ kind: "data", a: 0, b: 77 }));
  });

  test("an upgrade that comes before the poll refuses it, as any plaintext", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.call.received_external(handle, 77);
    core.call.upgrade(handle);
    const records = core.drain().filter(({ kind }) => kind === "data" || kind === "error");
    expect(records).toMatchObject([{ kind: "error", a: 16, b: 77 }]);
  });

  test("nobody took it: an upgrade fails by it", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.call.received_external(handle, 77);
    core.poll();
    core.call.delivered(handle, 0);
    core.drain();
    core.call.upgrade(handle);
    expect(core.kinds()).toContain("error");
  });
});

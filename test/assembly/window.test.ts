import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

describe.each(BUILDS)("the window of %s", (build) => {
  test("M41: what one read brought is one piece of data, lying where the host put it", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.receive(handle, pattern(500));
    const [record] = core.poll();
    expect(record).toMatchObject({
      kind: "data",
      socket: handle,
      a: core.control(abi.CONTROL_WINDOW),
      b: 500,
    });
    expect(core.control(abi.CONTROL_COPIED)).toBe(0);
  });

  test("is busy until what was announced has been handled", () => {
    const core = new Embedder(build);
    const [one, other] = [core.opened(), core.opened()] as const;
    core.receive(one, pattern(5));
    expect(core.call.received(other, 5)).toBe(abi.E_BUSY);
    core.poll();
    expect(core.call.received(other, 5)).toBe(abi.E_BUSY);
    core.poll();
    expect(core.receive(other, pattern(5, 1))).toBe(0);
    expect(core.delivered()).toEqual(Buffer.from(pattern(5, 1)));
  });

  test("refuses counts it cannot hold, and sockets that receive nothing", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.call.received(handle, -1)).toBe(abi.E_ARG);
    expect(core.call.received(handle, abi.WINDOW_BYTES_MIN + 1)).toBe(abi.E_ARG);
    expect(core.call.received(handle, 0)).toBe(0);
    expect(core.call.received(core.open(), 1)).toBe(abi.E_STATE);
    expect(core.call.received(core.open(abi.ROLE_LISTENER), 1)).toBe(abi.E_STATE);
    core.call.ended(handle);
    expect(core.call.received(handle, 1)).toBe(abi.E_STATE);
  });

  test("M98: what arrives while suspended is held, and delivered in order after resume", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.suspend(handle);
    expect(core.kinds()).toEqual(["pause"]);
    const parts = [1, 5000, 1, 16384, 300, 9000].map((size, i) => pattern(size, i));
    for (const part of parts) {
      expect(core.deliver(handle, part).length).toBe(0);
    }
    core.call.resume(handle);
    expect(core.delivered()).toEqual(Buffer.concat(parts));
    expect(core.poolFree).toBe(core.poolBytes);
    expect(core.deliver(handle, pattern(3))).toEqual(Buffer.from(pattern(3)));
  });

  test("M95: suspends are counted; pause and resume are ordered once each", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.call.resume(handle)).toBe(abi.E_STATE);
    core.call.suspend(handle);
    core.call.suspend(handle);
    expect(core.kinds()).toEqual(["pause"]);
    core.call.resume(handle);
    expect(core.kinds()).toEqual([]);
    core.call.resume(handle);
    expect(core.kinds()).toEqual(["resume"]);
    core.call.suspend(handle);
    core.call.resume(handle);
    expect(core.kinds()).toEqual([]);
  });

  test("M99: the peer's FIN waits behind what is held", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.suspend(handle);
    core.drain();
    core.receive(handle, pattern(10));
    core.call.ended(handle);
    expect(core.kinds()).toEqual([]);
    expect(core.call.ready_state(handle)).toBe(abi.OPEN);
    core.call.resume(handle);
    const kinds = core.kinds();
    expect(kinds.filter((kind) => kind === "data" || kind === "close")).toEqual(["data", "close"]);
  });

  test("an unclaimed socket keeps one read and reads no more until it is claimed", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.claim(handle, 0);
    expect(core.kinds()).toEqual([]);
    core.receive(handle, pattern(100));
    expect(core.kinds()).toEqual(["pause"]);
    core.call.ended(handle);
    expect(core.kinds()).toEqual([]);
    core.call.claim(handle, 1);
    expect(core.kinds()).toEqual(["data", "resume", "finish", "close", "destroy"]);
  });

  test("an unclaimed socket with nothing pending still sees the peer's end", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.claim(handle, 0);
    core.call.ended(handle);
    expect(core.kinds()).toContain("close");
  });

  test("unclaimed sockets fail nobody: what finds no room stays with the host until claimed", () => {
    const core = new Embedder(build);
    const handles = Array.from({ length: 32 }, () => core.opened());
    for (const handle of handles) core.call.claim(handle, 0);
    const kept: number[] = [];
    for (let round = 0; round < 4; round++) {
      for (const handle of handles) {
        const result = core.receive(handle, pattern(abi.WINDOW_BYTES_MIN, handle));
        if (result === abi.E_BUSY) kept.push(handle);
        expect(core.kinds()).not.toContain("error");
      }
    }
    const late = kept.at(-1) as number;
    core.call.claim(late, 1);
    expect(core.kinds()).toContain("resume");
    expect(core.deliver(late, pattern(7))).toEqual(Buffer.from(pattern(7)));
  });

  test("unclaiming inside a handler holds what comes next", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.receive(handle, pattern(5));
    expect(core.poll()[0]?.kind).toBe("data");
    core.call.claim(handle, 0);
    expect(core.kinds()).toEqual([]);
    core.receive(handle, pattern(6));
    expect(core.kinds()).toEqual(["pause"]);
    core.call.claim(handle, 1);
    expect(core.delivered()).toEqual(Buffer.from(pattern(6)));
  });

  test("M48: after close() nothing received is delivered", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.suspend(handle);
    core.drain();
    core.receive(handle, pattern(10));
    core.call.close(handle);
    core.call.resume(handle);
    expect(core.kinds()).not.toContain("data");
    expect(core.deliver(handle, pattern(10)).length).toBe(0);
    expect(core.poolFree).toBe(core.poolBytes);
  });

  test("any split of a stream, any suspends: the same bytes, once each, in order", () => {
    const op = fc.oneof(
      fc.integer({ min: 1, max: abi.WINDOW_BYTES_MIN }),
      fc.constantFrom("suspend" as const, "resume" as const),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const core = new Embedder(build);
        const handle = core.opened();
        const sent: Uint8Array[] = [];
        const got: Uint8Array[] = [];
        let suspended = 0;
        for (const [index, one] of ops.entries()) {
          if (typeof one === "number") {
            const bytes = pattern(one, index);
            if (core.receive(handle, bytes) === 0) sent.push(bytes);
          } else if (one === "suspend") {
            suspended++;
            core.call.suspend(handle);
          } else if (suspended > 0) {
            suspended--;
            core.call.resume(handle);
          }
          const data = core.delivered();
          if (suspended > 0) expect(data.length).toBe(0);
          got.push(data);
        }
        while (suspended-- > 0) core.call.resume(handle);
        got.push(core.delivered());
        expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

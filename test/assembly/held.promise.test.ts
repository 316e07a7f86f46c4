/** The smallest block is every socket's own, also where a part of a message came back to its end. */
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

const WINDOW = abi.WINDOW_BYTES_MIN;

function text(value: string): Uint8Array {
  return Buffer.from(value, "latin1");
}

/** Fills the pool up to what is promised, with the bytes of suspended sockets. */
function fill(core: Embedder, sockets: number): void {
  const headroom = core.control(abi.CONTROL_HEADROOM_BYTES);
  for (let i = 0; i < sockets; i++) {
    const handle = core.opened();
    core.call.suspend(handle);
    core.drain();
    for (let left = headroom; left > 0; left -= WINDOW) {
      const count = Math.min(WINDOW, left, core.poolFree - 8 * 256);
      if (count <= 0 || core.receive(handle, pattern(count)) !== 0) return;
      if (core.kinds().includes("error")) return;
    }
  }
}

describe.each(BUILDS)("the promised block in %s", (build) => {
  test("is promised again each time it was lent and given back", () => {
    const core = new Embedder(build, [1 << 20, 8, WINDOW]);
    const handle = core.opened();
    for (let i = 0; i < 20; i++) {
      core.call.suspend(handle);
      core.receive(handle, pattern(100, i));
      expect(core.kinds()).not.toContain("error");
      core.call.resume(handle);
      expect(core.delivered()).toEqual(Buffer.from(pattern(100, i)));
    }
  });

  test("takes 256 bytes of a message though the rest of the pool is gone", () => {
    const core = new Embedder(build, [1 << 20, 8, WINDOW]);
    const handle = core.opened();
    core.setFraming(handle, { type: "lengthPrefixed", bytes: 4, maxMessageBytes: 1000 });
    core.call.suspend(handle);
    core.drain();
    core.receive(handle, text(`\0\0\0\xee${"x".repeat(238)}\0\0\0\xc8${"y".repeat(10)}`));
    core.drain();
    core.call.resume(handle);
    expect(core.kinds()).toContain("messages");
    fill(core, 3);
    expect(core.receive(handle, text("z".repeat(100)))).toBe(0);
    expect(core.kinds()).toEqual([]);
    core.receive(handle, text("z".repeat(90)));
    const [record] = core.poll().filter(({ kind }) => kind === "messages");
    const [message] = record ? core.messages(record) : [];
    expect(Buffer.from(message ?? []).toString()).toBe("y".repeat(10) + "z".repeat(190));
  });
});

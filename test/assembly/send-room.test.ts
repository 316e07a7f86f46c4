/** The room behind a socket's last payload: shown as long as it is there, and nobody else's. */
import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

const CONFIG = [8 << 20, 32, abi.WINDOW_BYTES_MIN];

function shownFor(core: Embedder): number {
  return core.control(abi.CONTROL_ROOM_SOCKET);
}

function room(core: Embedder): [at: number, bytes: number] {
  const at = core.control(abi.CONTROL_ROOM);
  return [at, core.control(abi.CONTROL_ROOM_END) - at];
}

/** Writes into the room and commits. */
function sendInRoom(core: Embedder, handle: number, bytes: Uint8Array): number {
  const [at, free] = room(core);
  expect(shownFor(core)).toBe(handle);
  expect(bytes.length).toBeLessThanOrEqual(free);
  core.bytes.set(bytes, at);
  return core.call.commit(handle, bytes.length);
}

describe.each(BUILDS)("room in %s", (build) => {
  test("payloads follow each other without reserve, up to the block's last byte", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    expect(shownFor(core)).toBe(0);
    const bytes = pattern(512);
    core.send(handle, bytes.subarray(0, 100));
    expect(sendInRoom(core, handle, bytes.subarray(100, 101))).toBe(1);
    expect(room(core)[1]).toBe(411);
    expect(sendInRoom(core, handle, bytes.subarray(101))).toBe(1);
    expect(room(core)[1]).toBe(0);
    expect(core.call.buffered_amount(handle)).toBe(512);
    core.drain(0);
    expect(core.transmit(handle)).toEqual(Buffer.from(bytes));
  });

  test("it is gone with its block", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.send(handle, pattern(100));
    core.drain(0);
    core.transmit(handle);
    expect(shownFor(core)).toBe(0);
  });

  test("a part that is taken leaves it as it is", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.send(handle, pattern(100));
    core.drain(0);
    core.gather(handle);
    core.call.sent(handle, 40);
    sendInRoom(core, handle, pattern(3));
    expect(core.call.buffered_amount(handle)).toBe(63);
  });

  const ends: [string, (core: Embedder, handle: number) => unknown][] = [
    ["a larger payload", (core, handle) => core.call.reserve(handle, 1000)],
    ["an external one", (core, handle) => core.call.send_external(handle, 100_000)],
    ["a framing", (core, handle) => core.setFraming(handle, { type: "lines" })],
    ["close", (core, handle) => core.call.close(handle)],
    ["halfClose", (core, handle) => core.call.half_close(handle)],
    ["abort", (core, handle) => core.call.abort(handle)],
    ["an error", (core, handle) => core.call.failed(handle, 3)],
    ["the peer's end", (core, handle) => core.call.ended(handle)],
    ["the transport's end", (core, handle) => core.call.closed(handle)],
  ];
  test.each(ends)("%s ends it", (_, end) => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    core.send(handle, pattern(100));
    end(core, handle);
    core.drain();
    expect(shownFor(core)).toBe(0);
  });

  test("it is the last sender's alone", () => {
    const core = new Embedder(build, CONFIG);
    const [a, b] = [core.opened(), core.opened()];
    core.send(a, pattern(100));
    core.send(b, pattern(50, 1));
    expect(shownFor(core)).toBe(b);
    sendInRoom(core, b, pattern(50, 2));
    core.drain(0);
    expect(core.transmit(a)).toEqual(Buffer.from(pattern(100)));
    expect(core.transmit(b)).toEqual(Buffer.concat([pattern(50, 1), pattern(50, 2)]));
  });

  test("several payloads are committed at once", () => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened();
    const bytes = pattern(400);
    core.send(handle, bytes.subarray(0, 100));
    core.bytes.set(bytes.subarray(100), room(core)[0]);
    expect(core.call.commit(handle, 300)).toBe(1);
    core.drain(0);
    expect(core.transmit(handle)).toEqual(Buffer.from(bytes));
  });

  test.each([
    ["the high-water mark", { [abi.OPEN_HIGH_WATER_MARK]: 120 }, 0],
    ["maxBufferedAmount", { [abi.OPEN_BUFFERED_MAX]: 120 }, abi.E_LIMIT],
  ])("it ends at %s", (_, options, beyond) => {
    const core = new Embedder(build, CONFIG);
    const handle = core.opened(options);
    core.send(handle, pattern(100));
    expect(room(core)[1]).toBe(20);
    expect(sendInRoom(core, handle, pattern(20))).toBe(1);
    expect(shownFor(core)).toBe(0);
    expect(core.send(handle, pattern(1))).toBe(beyond);
    expect(shownFor(core)).toBe(0);
  });
});

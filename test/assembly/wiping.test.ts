/** What a socket sent or received is nowhere in engine memory when it is gone. */
import { describe, expect, test } from "vitest";
import type { FramingLike } from "../../bindings/framing.ts";
import { BUILDS, Embedder } from "../support/embedder.ts";

const MARKER = Buffer.from("a marker of 24 bytes....");
const FRAMINGS: [name: string, framing: FramingLike, front: string, back: string][] = [
  ["lines", { type: "lines", maxMessageBytes: 100 }, "", "\r\n"],
  ["lengthPrefixed", { type: "lengthPrefixed", bytes: 1, maxMessageBytes: 100 }, "\x19", "!"],
  ["slip", { type: "slip", maxMessageBytes: 100 }, "", "\xc0"],
  ["cobs", { type: "cobs", maxMessageBytes: 100 }, "\x19", "\0"],
];

function left(core: Embedder): number {
  return Buffer.from(core.bytes).indexOf(MARKER);
}

function frameOf(front: string, back: string): Buffer {
  return Buffer.concat([Buffer.from(front, "latin1"), MARKER, Buffer.from(back, "latin1")]);
}

describe.each(BUILDS)("%s", (build) => {
  test.each(FRAMINGS)("%s: received, whole, split and suspended", (_, framing, front, back) => {
    const core = new Embedder(build);
    const [a, b] = [core.opened(), core.opened()];
    for (const handle of [a, b]) expect(core.setFraming(handle, framing)).toBe(0);
    const frame = frameOf(front, back);
    core.receive(a, frame);
    core.drain();
    core.receive(a, frame.subarray(0, -1));
    core.drain();
    core.call.suspend(b);
    core.receive(b, Buffer.concat([frame, frame]));
    core.drain();
    core.call.resume(b);
    core.drain();
    expect(left(core)).toBeGreaterThan(0);
    for (const handle of [a, b]) core.finish(handle);
    expect(left(core)).toBe(-1);
  });

  test.each(FRAMINGS)("%s: held, and joined with its end", (_, framing, front, back) => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.setFraming(handle, framing)).toBe(0);
    const frame = frameOf(front, back);
    core.receive(handle, frame.subarray(0, -1));
    core.drain();
    core.receive(handle, frame.subarray(-1));
    expect(core.kinds()).toContain("messages");
    expect(left(core)).toBeGreaterThan(0);
    core.finish(handle);
    expect(left(core)).toBe(-1);
  });

  test.each(FRAMINGS)("%s: sent, encoded outside, and refused", (_, framing) => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.setFraming(handle, framing)).toBe(0);
    core.send(handle, MARKER);
    core.encode(handle, MARKER);
    const at = core.call.reserve(handle, MARKER.length);
    core.bytes.set(MARKER, at);
    core.call.commit(handle, MARKER.length - 1);
    expect(left(core)).toBeGreaterThan(0);
    core.drain(0);
    core.transmit(handle);
    core.finish(handle);
    expect(left(core)).toBe(-1);
  });
});

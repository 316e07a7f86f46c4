/** COBS adds a byte for each 254: the room it finds in sending, and the limit in receiving, to the byte. */
import { describe, expect, test } from "vitest";
import { BUILDS, Embedder } from "../support/embedder.ts";

/** Around what takes one byte more, and what fills a block of 1024. */
const SIZES = [1, 253, 254, 255, 508, 509, 762, 763, 1018, 1019, 1020];

/** Bytes that are not zero: nothing is longer. */
function longest(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 1 + (i % 255));
}

describe.each(BUILDS)("COBS in %s", (build) => {
  test.each(SIZES)("a message of maxMessageBytes %i passes both ways", (size) => {
    const core = new Embedder(build);
    const [sender, receiver] = [core.opened(), core.opened()];
    for (const handle of [sender, receiver]) {
      expect(core.setFraming(handle, { type: "cobs", maxMessageBytes: size })).toBe(0);
    }
    const payload = longest(size);
    expect(core.send(sender, payload)).toBe(1);
    core.drain();
    const frame = core.transmit(sender);
    expect(frame).toEqual(Buffer.from(core.encode(sender, payload) as Uint8Array));
    core.receive(receiver, frame.subarray(0, -1));
    expect(core.kinds()).toEqual([]);
    core.receive(receiver, frame.subarray(-1));
    const [record] = core.poll();
    expect(record?.kind).toBe("messages");
    expect(record && core.messages(record)).toEqual([payload]);
  });
});

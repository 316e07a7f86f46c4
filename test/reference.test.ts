/**
 * The reference framings against examples worked out by hand. Each stream is decoded whole and byte
 * by byte; each payload is encoded, and what the wire carries brings it again.
 */
import { describe, expect, test } from "vitest";
import { DECODED } from "./support/reference/decoded.ts";
import { decode, encode } from "./support/reference/decoder.ts";
import { ENCODED } from "./support/reference/encoded.ts";
import { latin1 } from "./support/reference/framing.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("the reference decodes", () => {
  test.each(DECODED)("%s", (_, framing, examples) => {
    for (const [wire, messages, failure = null, fin = false] of examples) {
      const whole = [latin1(wire)];
      const bytes = [...wire].map(latin1);
      for (const pieces of [whole, bytes]) {
        const decoded = decode(pieces, framing, fin);
        expect(decoded.messages.map(text), JSON.stringify(wire)).toEqual(messages);
        expect(decoded.failure, JSON.stringify(wire)).toBe(failure);
      }
    }
  });
});

describe("the reference encodes", () => {
  test.each(ENCODED)("%s", (_, framing, examples) => {
    for (const [payload, wire] of Object.entries(examples)) {
      const what = JSON.stringify(payload);
      if (wire === null) {
        expect(() => encode(latin1(payload), framing), what).toThrow(RangeError);
        continue;
      }
      expect(text(encode(latin1(payload), framing)), what).toBe(wire);
      expect(decode([latin1(wire)], framing).messages, what).toHaveLength(1);
    }
  });
});

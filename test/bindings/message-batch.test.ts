import { describe, expect, test } from "vitest";
import { endBatch, MessageBatch } from "../../bindings/message-batch.ts";

function batch(checks = false): { memory: ArrayBuffer; batch: MessageBatch } {
  const memory = new Uint8Array([9, 9, 1, 2, 3, 4, 5, 9]).buffer;
  const table = Uint32Array.of(0, 2, 2, 3);
  return { memory, batch: new MessageBatch({ memory, base: 2, span: 5, table, checks }) };
}

describe("MessageBatch", () => {
  test("owned messages share one buffer and outlive the handler", () => {
    const { memory, batch: made } = batch();
    const [one, two] = [made.at(0), made.at(1)];
    expect(one.buffer).toBe(two.buffer);
    expect(one.buffer).not.toBe(memory);
    endBatch(made);
    new Uint8Array(memory).fill(0);
    expect([[...one], [...two]]).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  test("borrowed bytes, offsets and sizes; iteration", () => {
    const { memory, batch: made } = batch();
    expect(made.length).toBe(2);
    expect(made.bytes.buffer).toBe(memory);
    expect([made.offset(1), made.size(1)]).toEqual([2, 3]);
    expect([...made.table]).toEqual([0, 2, 2, 3]);
    expect([...made].map((bytes) => [...bytes])).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  test("throws once the handler has returned", () => {
    const { batch: made } = batch();
    endBatch(made);
    const uses = [
      () => made.length,
      () => made.at(0),
      () => made.bytes,
      () => made.table,
      () => made.offset(0),
      () => [...made],
    ];
    const invalid = expect.objectContaining({ name: "InvalidStateError" });
    for (const use of uses) expect(use).toThrow(invalid);
  });

  test("names the index that came and those allowed", () => {
    const { batch: made } = batch();
    for (const bad of [-1, 2, 0.5, Number.NaN]) {
      expect(() => made.at(bad)).toThrow(/came; 0 to 1 is allowed/);
    }
  });

  test("with checks, what was lent is detached afterwards", () => {
    const { memory, batch: made } = batch(true);
    const { bytes } = made;
    expect(bytes.buffer).not.toBe(memory);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5]);
    endBatch(made);
    expect(bytes.length).toBe(0);
  });
});

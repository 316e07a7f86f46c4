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

  test("owned messages whose buffer was transferred: the others are owned anew", () => {
    const { batch: made } = batch();
    const { buffer } = made.at(0);
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    expect([...made.at(1)]).toEqual([3, 4, 5]);
    expect([...made.at(0)]).toEqual([1, 2]);
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

  test("stopAfter: the smallest counts, for whoever ends the batch", () => {
    for (const [stops, taken] of [
      [[], undefined],
      [[1], 2],
      [[0], 1],
      [[1, 0, 1], 1],
    ] as const) {
      const { batch: made } = batch();
      for (const i of stops) made.stopAfter(i);
      expect(endBatch(made)).toBe(taken);
      expect(() => made.stopAfter(0)).toThrow(
        expect.objectContaining({ name: "InvalidStateError" }),
      );
    }
    const { batch: made } = batch();
    for (const bad of [-1, 2, 0.5, Number.NaN])
      expect(() => made.stopAfter(bad)).toThrow(RangeError);
    expect(endBatch(made)).toBeUndefined();
  });

  test("stopAfter: what follows is not there any more", () => {
    const { batch: made } = batch();
    expect([made.length, made.table.length]).toEqual([2, 4]);
    made.stopAfter(0);
    expect([made.length, made.table.length, [...made].length]).toEqual([1, 2, 1]);
    expect(() => made.at(1)).toThrow(RangeError);
    made.stopAfter(1);
    expect(made.length).toBe(1);
    endBatch(made);
  });

  test("without a table there is one message, the whole span", () => {
    const memory = new Uint8Array([9, 1, 2, 3]).buffer;
    for (const checks of [false, true]) {
      const lease = { memory, base: 1, span: 3, table: undefined, checks };
      const made = new MessageBatch(lease);
      expect([made.length, made.offset(0), made.size(0), ...made.table]).toEqual([1, 0, 3, 0, 3]);
      expect([...made.at(0)]).toEqual([1, 2, 3]);
      expect(endBatch(made)).toBeUndefined();
    }
  });

  test("empty messages, also at the end of the span", () => {
    const memory = new Uint8Array([1, 2]).buffer;
    const table = Uint32Array.of(0, 0, 0, 2, 2, 0);
    const made = new MessageBatch({ memory, base: 0, span: 2, table, checks: false });
    expect([...made].map((message) => [...message])).toEqual([[], [1, 2], []]);
  });

  test("what is owned may be written to, and nothing else changes", () => {
    const { memory, batch: made } = batch();
    made.at(0).fill(7);
    expect([...made.bytes]).toEqual([1, 2, 3, 4, 5]);
    expect([...new Uint8Array(memory)]).toEqual([9, 9, 1, 2, 3, 4, 5, 9]);
    expect([...made.at(1)]).toEqual([3, 4, 5]);
  });

  test("with checks the table is detached, too, and only what was lent", () => {
    const { memory, batch: made } = batch(true);
    const { table } = made;
    expect(made.table).toBe(table);
    const owned = made.at(1);
    endBatch(made);
    expect(table.length).toBe(0);
    expect([...owned]).toEqual([3, 4, 5]);
    expect(memory.byteLength).toBe(8);
  });
});

/** Many messages of one read, where sizes repeat and where they do not: none lost, none made up. */
import { describe, expect, test } from "vitest";
import { BUILDS, Embedder } from "../support/embedder.ts";

const FORMS = [
  { bytes: 2, endian: "big" },
  { bytes: 2, endian: "little" },
  { bytes: 4, endian: "big" },
  { bytes: 4, endian: "little" },
] as const;

/** Sizes of messages: rows of one size, as long as the next of `counts`. */
function sizesOf(counts: readonly number[]): number[] {
  return counts.flatMap((count, row) => Array<number>(count).fill((row * 37) % 90));
}

function framed({ bytes, endian }: (typeof FORMS)[number], sizes: readonly number[]): Buffer {
  const parts = sizes.map((size, n) => {
    const frame = Buffer.alloc(bytes + size, n % 251);
    if (endian === "big") frame.writeUIntBE(size, 0, bytes);
    else frame.writeUIntLE(size, 0, bytes);
    return frame;
  });
  return Buffer.concat(parts);
}

function bodies(sizes: readonly number[]): Buffer[] {
  return sizes.map((size, n) => Buffer.alloc(size, n % 251));
}

describe.each(BUILDS)("runs in %s", (build) => {
  const core = new Embedder(build);

  /** What comes of the stream, given so many bytes at a time. */
  function received(
    form: (typeof FORMS)[number],
    max: number,
    stream: Buffer,
    step: number,
  ): Buffer[] {
    const handle = core.opened();
    core.setFraming(handle, { type: "lengthPrefixed", maxMessageBytes: max, ...form });
    const messages: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) {
      core.receive(handle, stream.subarray(at, at + step));
      for (const record of core.drain().filter(({ kind }) => kind === "messages")) {
        messages.push(...core.messages(record).map((bytes) => Buffer.from(bytes)));
      }
    }
    core.call.abort(handle);
    core.drain();
    core.call.closed(handle);
    core.drain();
    return messages;
  }

  test.each(FORMS)("rows of sizes, 1 to 12 long, cut anywhere: $bytes bytes, $endian", (form) => {
    const sizes = sizesOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 12]);
    const stream = framed(form, sizes);
    for (const step of [1, 2, 3, 5, 7, 64, 97, 500, 701, 1009, 2003, stream.length]) {
      expect(received(form, 100, stream, step)).toEqual(bodies(sizes));
    }
  });

  test.each(FORMS)("a row that ends anywhere in a message: $bytes bytes, $endian", (form) => {
    const sizes = sizesOf([9, 8]);
    const stream = framed(form, sizes);
    for (let length = 0; length <= stream.length; length++) {
      let whole = 0;
      for (let at = 0; whole < sizes.length; whole++) {
        at += form.bytes + (sizes[whole] as number);
        if (at > length) break;
      }
      const messages = received(form, 100, stream.subarray(0, length), length || 1);
      expect(messages).toEqual(bodies(sizes.slice(0, whole)));
    }
  });

  test.each(FORMS)("empty messages, more than a batch holds: $bytes bytes, $endian", (form) => {
    const sizes = Array<number>(4096).fill(0);
    const messages = received(form, 100, framed(form, sizes), 4096 * form.bytes);
    expect(messages).toHaveLength(sizes.length);
    expect(Buffer.concat(messages)).toHaveLength(0);
  });

  test.each(FORMS)("one too long behind a row ends it: $bytes bytes, $endian", (form) => {
    const stream = framed(form, [...Array<number>(9).fill(50), 101]);
    expect(received(form, 100, stream, stream.length)).toHaveLength(9);
  });
});

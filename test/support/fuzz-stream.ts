/** Random framings as words of the ABI, valid or not, and bytes that mostly are messages of them. */
import * as f from "../../assembly/framing/abi.ts";
import { hostile, type Random } from "./fuzz-random.ts";

const DELIMITERS = ["\n", "\r\n", "\0", ";;", "\n\n", "\r\n\r\n", ":,:", "x0000000000000,"];

/** The words of a framing for an engine with so much headroom. */
export function framing(random: Random, headroom: number): number[] {
  const kind = 1 + random.below(8);
  const most = kind === f.FRAMING_SLIP ? (headroom - 1) >> 1 : headroom - 9000;
  const sizes = [10, 100, 5000, 70_000, most, most - random.below(300)];
  const max = random.heavy ? most - random.below(3) : random.of(sizes);
  const flags = random.of([0, 0, 1, 2, 4, 6]);
  const offset = kind === f.FRAMING_FIXED ? random.of([1, 3, 100, most]) : random.of([0, 0, 1, 9]);
  const width = random.of([1, 2, 2, 3, 4, 4, 8]);
  const strip = random.of([0, 1, width, offset + width, offset + width, 1000]);
  const plain = random.chance(30);
  const words = [kind, flags, max, offset, width, plain ? 0 : random.below(9) - 4, strip, 0];
  if (plain && kind === f.FRAMING_LENGTH_PREFIXED) words.splice(3, 4, 0, 2, 0, 2);
  if (kind === f.FRAMING_DELIMITED) {
    const count = random.of([1, 1, 1, 2, 3]);
    words[f.FRAMING_DELIMITERS] = count;
    for (let i = 0; i < count; i++) {
      const bytes = Buffer.alloc(16);
      const length = bytes.write(random.of(DELIMITERS), "latin1");
      words.push(length, ...[0, 4, 8, 12].map((at) => bytes.readUInt32LE(at)));
    }
  }
  if (random.chance(15)) words[random.below(words.length)] = hostile(random) >>> 0;
  if (random.chance(5)) words.length = random.below(words.length + 1);
  return words;
}

const PROTOCOL = [0, 0, 1, 2, 3, 10, 13, 10, 58, 44, 48, 49, 59, 0xc0, 0xdb, 0xdc, 0xdd, 255];

/** Bytes that are this socket's alone, some that mean something to framings between them. */
export function payload(random: Random, tag: number, size: number): Buffer {
  const bytes = Buffer.alloc(size, tag);
  if (random.chance(60)) {
    const often = random.of([0, 1, 5, 50]);
    for (let i = 0; i < (size * often) / 100; i++) bytes[random.below(size)] = random.of(PROTOCOL);
  }
  return bytes;
}

/** A message as the framing of `words` may have it on the wire, more or less. */
export function wire(random: Random, tag: number, words: readonly number[]): Buffer {
  const [kind = 0, flags = 0, max = 0, offset = 0, width = 1, adjust = 0] = words;
  const most = Math.max(1, Math.min(max >>> 0, 1 << 22));
  let size = random.of([0, 1, 2, 30, 30, 200, 3000, most, most - 1, random.below(most)]);
  if (random.heavy && random.chance(70)) size = most;
  size = Math.min(size, most + (random.chance(3) ? 1 : 0));
  const body = payload(random, tag, Math.max(0, size));
  const before = Buffer.alloc(Math.min(offset >>> 0, 1000), tag);
  if (random.chance(4)) return body;
  switch (kind) {
    case f.FRAMING_LENGTH_PREFIXED: {
      const field = Buffer.alloc(8);
      const value = BigInt.asUintN(64, BigInt(body.length - (adjust | 0)));
      if ((flags & 1) !== 0) field.writeBigUInt64LE(value);
      else field.writeBigUInt64BE(value);
      const used = (flags & 1) !== 0 ? field.subarray(0, width) : field.subarray(8 - width);
      return Buffer.concat([before, used, body]);
    }
    case f.FRAMING_VARINT: {
      const varint: number[] = [];
      let rest = body.length;
      for (; rest >= 128; rest >>>= 7) varint.push((rest & 127) | 128);
      return Buffer.concat([before, Buffer.from([...varint, rest]), body]);
    }
    case f.FRAMING_DELIMITED: {
      const length = Math.min(words[8] ?? 1, 16);
      const delimiter = Buffer.alloc(16);
      for (let i = 0; i < 4; i++) delimiter.writeUInt32LE((words[9 + i] ?? 0) >>> 0, i * 4);
      return Buffer.concat([body, delimiter.subarray(0, length)]);
    }
    case f.FRAMING_NETSTRING:
      return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(",")]);
    case f.FRAMING_SLIP:
      for (const [i, byte] of body.entries()) if (byte === 0xdb) body[i + 1] = 0xdc;
      return Buffer.concat([body, Buffer.from([0xc0])]);
    case f.FRAMING_COBS: {
      const out: number[] = [];
      for (let at = 0; at <= body.length; ) {
        const run = body.subarray(at, at + 254);
        const zero = run.indexOf(0);
        const taken = zero < 0 ? run : run.subarray(0, zero);
        out.push(taken.length + 1, ...taken);
        at += taken.length + (taken.length === 254 ? 0 : 1);
      }
      return Buffer.from([...out, 0]);
    }
    case f.FRAMING_CONTENT_LENGTH:
      return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
    default:
      return body;
  }
}

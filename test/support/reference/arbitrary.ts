/**
 * Random framings, payloads and streams for fast-check: small, and made of the bytes that mean
 * something to a framing, so that what is rare in random bytes is frequent here.
 */
import fc from "fast-check";
import { encoded } from "./decoder.ts";
import { concat, type Framing, latin1 } from "./framing.ts";

const limit = fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined, freq: 2 });

const lengthPrefixed = fc
  .record({
    bytes: fc.constantFrom(1, 2, 3, 4, 8),
    endian: fc.constantFrom("big", "little"),
    offset: fc.oneof(fc.constant(0), fc.nat(9)),
    adjust: fc.oneof(fc.constant(0), fc.integer({ min: -12, max: 12 })),
    strip: fc.option(fc.nat(20), { nil: undefined }),
    maxMessageBytes: limit,
  })
  .map((shape) => ({ type: "lengthPrefixed", ...shape }));

const varint = fc
  .record({
    offset: fc.oneof(fc.constant(0), fc.nat(5)),
    strip: fc.option(fc.boolean(), { nil: undefined }),
    maxMessageBytes: limit,
  })
  .map((shape) => ({ type: "varint", ...shape }));

const delimiter = fc.oneof(
  fc.constantFrom("\n", "\r\n", "\0", "==", "aab", "abab", "--x--"),
  fc.stringMatching(/^[ab]{1,16}$/),
);

const delimited = fc
  .record({
    delimiters: fc.uniqueArray(delimiter, { minLength: 1, maxLength: 8 }),
    keep: fc.boolean(),
    maxMessageBytes: limit,
  })
  .map((shape) => ({ type: "delimited", ...shape }));

const lines = fc
  .record({
    eol: fc.constantFrom("\r\n", "\n"),
    keep: fc.boolean(),
    lastLine: fc.boolean(),
    maxMessageBytes: limit,
  })
  .map((shape) => ({ type: "lines", ...shape }));

const limited = (type: string) =>
  fc.record({ maxMessageBytes: limit }).map((shape) => ({ type, ...shape }));

const fixed = fc.integer({ min: 1, max: 40 }).map((size) => ({ type: "fixed", size }));

/** Type → framings of it. Options that were left out are left out. */
export const FRAMINGS: [string, fc.Arbitrary<Framing>][] = Object.entries({
  fixed,
  lengthPrefixed,
  varint,
  delimited,
  lines,
  netstring: limited("netstring"),
  slip: limited("slip"),
  cobs: limited("cobs"),
  contentLength: limited("contentLength"),
}).map(([type, framings]) => [type, framings.map((framing) => clean(framing) as Framing)]);

function clean(framing: object): object {
  return Object.fromEntries(Object.entries(framing).filter(([, value]) => value !== undefined));
}

const telling = latin1("\0\x01\x02ab\r\n=-x;:,019\x7f\x80\xc0\xdb\xdc\xdd\xfe\xff");

const run = fc
  .tuple(fc.constantFrom(...telling), fc.constantFrom(1, 2, 3, 30, 126, 127, 128, 253, 254, 255))
  .map(([byte, length]) => new Uint8Array(length).fill(byte));

const few = fc.array(fc.constantFrom(...telling), { maxLength: 12 }).map((bytes) => {
  return Uint8Array.from(bytes);
});

/** Mostly short; sometimes with a run as long as a length's limits. */
export const payload: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: few },
  { weight: 1, arbitrary: fc.tuple(few, run, few).map((parts) => concat(...parts)) },
);

/** Wire bytes of payloads as the framing takes them, of fixed size where that is asked for; some often. */
export function wires(framing: Framing): fc.Arbitrary<Uint8Array[]> {
  const size = framing.type === "fixed" ? framing.size : undefined;
  const fitting =
    size === undefined ? payload : fc.uint8Array({ minLength: size, maxLength: size });
  const some = fc.tuple(fitting, fc.constantFrom(1, 1, 1, 9));
  return fc.array(some, { maxLength: 12 }).map((payloads) => {
    return payloads.flatMap(([bytes, times]) => {
      return Array<Uint8Array>(times)
        .fill(bytes)
        .flatMap((one) => encoded(one, framing) ?? []);
    });
  });
}

/** A stream that is wrong somewhere, or nowhere: cut short, a byte changed, or other bytes behind. */
export function streams(framing: Framing): fc.Arbitrary<Uint8Array> {
  const damage = fc.record({ kind: fc.nat(4), at: fc.nat(), byte: fc.constantFrom(...telling) });
  return fc.tuple(wires(framing), damage, few).map(([parts, { kind, at, byte }, tail]) => {
    const whole = concat(...parts);
    if (kind === 1) return whole.slice(0, at % (whole.length + 1));
    if (kind === 2) return whole.map((old, place) => (place === at % whole.length ? byte : old));
    return kind === 3 ? concat(whole, tail) : whole;
  });
}

const EDGES = [0, 1, 100, 5000, 16_379, 16_380, 16_383, 16_384, 16_385, 20_000, 33_000, 66_000];

/** As long as a read and longer, among short ones; few bytes many times. */
export const longPayload: fc.Arbitrary<Uint8Array> = fc
  .tuple(few, fc.constantFrom(...EDGES))
  .map(([unit, length]) => new Uint8Array(length).map((_, at) => unit[at % unit.length] ?? 97));

/** The same framing for longer messages. */
export function lengthen(framing: Framing): Framing {
  return "maxMessageBytes" in framing ? { ...framing, maxMessageBytes: 70_000 } : framing;
}

/** Cuts bytes into pieces, at places given as fractions of their length. */
export function cutAt(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = fractions.map((fraction) => Math.floor(fraction * bytes.length));
  const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end));
}

export const fractions: fc.Arbitrary<number[]> = fc.array(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  { maxLength: 20 },
);

export function cutEvery(length: number, bytes: Uint8Array): Uint8Array[] {
  const pieces = Math.ceil(bytes.length / length);
  return Array.from({ length: pieces }, (_, at) => bytes.slice(at * length, (at + 1) * length));
}

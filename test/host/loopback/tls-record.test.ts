/** Records of the stand-in for TLS: however they are cut, and what is done to them on the way. */
import { describe, expect, test } from "vitest";
import type { TlsFailure } from "../../../host/loopback/tls-failure.ts";
import {
  ALERT,
  DATA,
  HANDSHAKE,
  PAYLOAD_BYTES_MAX,
  RecordReader,
  RecordWriter,
} from "../../../host/loopback/tls-record.ts";
import { pattern } from "../contract/pattern.ts";

const SAID: readonly (readonly [number, Uint8Array])[] = [
  [HANDSHAKE, new TextEncoder().encode("hello")],
  [DATA, new Uint8Array(0)],
  [DATA, pattern(40)],
  [ALERT, Uint8Array.of(1, 0)],
];

function line(said = SAID): Uint8Array {
  const writer = new RecordWriter();
  return Buffer.concat(said.map(([type, payload]) => writer.wrap(type, payload)));
}

/** What a reader makes of pieces, each as soon as it may: records, or the code of its failure. */
function read(...pieces: readonly Uint8Array[]): (string | readonly [number, number[]])[] {
  const reader = new RecordReader();
  const records: (string | readonly [number, number[]])[] = [];
  try {
    for (const piece of pieces) {
      reader.push(piece);
      for (let record = reader.next(); record !== undefined; record = reader.next()) {
        records.push([record.type, [...record.payload]]);
      }
    }
  } catch (error) {
    records.push((error as TlsFailure).code);
  }
  return records;
}

const WHOLE = SAID.map(([type, payload]) => [type, [...payload]] as const);
const BAD_MAC = "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC";

describe("records", () => {
  test("are the same however the line is cut in three", () => {
    const bytes = line();
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second)];
        expect(read(...pieces, bytes.subarray(second))).toEqual(WHOLE);
      }
    }
  });

  test("are the same byte by byte", () => {
    expect(read(...Array.from(line(), (byte) => Uint8Array.of(byte)))).toEqual(WHOLE);
  });

  test("of the greatest length come through, many in one read", () => {
    const said = [1, 2, 3, 4, 5].map((salt) => [DATA, pattern(PAYLOAD_BYTES_MAX, salt)] as const);
    expect(read(line(said))).toEqual(said.map(([type, payload]) => [type, [...payload]]));
  });

  test("show nothing of their payload", () => {
    const shown = Buffer.from(line([[DATA, Buffer.from("a secret")]]));
    expect(shown.includes("secret")).toBe(false);
  });

  test("are not given out before their last byte", () => {
    const bytes = line([[DATA, pattern(10)]]);
    expect(read(bytes.subarray(0, -1))).toEqual([]);
  });
});

describe("what is done to them on the way is found", () => {
  test("any byte changed, of any record", () => {
    const bytes = line();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 1;
      const told = read(changed);
      const intact = told.filter((one) => typeof one !== "string");
      expect(intact).toEqual(WHOLE.slice(0, intact.length));
      expect(intact.length).toBeLessThan(WHOLE.length);
    }
  });

  test("a byte put in at any place", () => {
    const bytes = line();
    for (let at = 0; at < bytes.length; at++) {
      const told = read(bytes.subarray(0, at), Uint8Array.of(0x41), bytes.subarray(at));
      const intact = told.filter((one) => typeof one !== "string");
      expect(intact).toEqual(WHOLE.slice(0, intact.length));
      expect(intact.length).toBeLessThan(WHOLE.length);
    }
  });

  test("a record left out, or sent twice", () => {
    const writer = new RecordWriter();
    const [first, second] = [writer.wrap(DATA, pattern(3)), writer.wrap(DATA, pattern(3, 1))];
    expect(read(second as Uint8Array)).toEqual([BAD_MAC]);
    expect(read(first as Uint8Array, first as Uint8Array).at(-1)).toBe(BAD_MAC);
  });

  test.each([
    ["plaintext", "2", "ERR_SSL_WRONG_VERSION_NUMBER"],
    ["a type and no version", "\x16\x02", "ERR_SSL_WRONG_VERSION_NUMBER"],
    ["a type, half a version", "\x16\x03\x01", "ERR_SSL_WRONG_VERSION_NUMBER"],
    ["a length above the limit", "\x17\x03\x03\xff\xff", "ERR_SSL_PACKET_LENGTH_TOO_LONG"],
    ["a length without room for the tag", "\x17\x03\x03\x00\x03", "ERR_SSL_DECODE_ERROR"],
  ])("%s, by its last byte", (_, text, code) => {
    const bytes = Buffer.from(text, "latin1");
    expect(read(bytes)).toEqual([code]);
    expect(read(bytes.subarray(0, -1))).toEqual([]);
  });
});

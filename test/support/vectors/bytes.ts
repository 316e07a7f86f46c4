/**
 * Bytes as a script writes them: `hex` with spaces wherever they help, `text` with a char a byte,
 * `rep` for one pattern many times, `parts` for several of these in a row; or their hash alone.
 */
import { createHash } from "node:crypto";

export interface Bytes {
  hex?: string;
  text?: string;
  rep?: [hex: string, times: number];
  parts?: Bytes[];
  /** Expected bytes only. */
  sha256?: string;
  len?: number;
}

const SHOWN_MAX = 64;

const made = new WeakMap<Bytes, Uint8Array>();

/** The bytes themselves, made once. */
export function bytesOf(written: Bytes): Uint8Array {
  const bytes = made.get(written) ?? make(written);
  made.set(written, bytes);
  return bytes;
}

function make({ hex, text, rep, parts }: Bytes): Uint8Array {
  if (hex !== undefined) return Buffer.from(hex.replaceAll(" ", ""), "hex");
  if (text !== undefined) return Buffer.from(text, "latin1");
  if (rep !== undefined) {
    const unit = bytesOf({ hex: rep[0] });
    return Buffer.alloc(unit.length * rep[1], unit);
  }
  return Buffer.concat((parts ?? []).map(bytesOf));
}

export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Bytes for people and for comparing: short ones in hex, long ones by length and hash. */
export function show(bytes: Uint8Array): string {
  if (bytes.length <= SHOWN_MAX) return Buffer.from(bytes).toString("hex");
  return showHash(bytes.length, sha256(bytes));
}

function showHash(length: number, hash: string): string {
  return `${length} bytes, sha256 ${hash}`;
}

/** What `show` says of the bytes that are expected. */
export function showExpected(expected: Bytes): string {
  const { sha256: hash, len } = expected;
  return hash === undefined || len === undefined ? show(bytesOf(expected)) : showHash(len, hash);
}

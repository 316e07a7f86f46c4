/** How many bytes passed, and their SHA-256. What tests compare instead of megabytes. */
import { createHash } from "node:crypto";

export const MIB: number = 1024 * 1024;

export interface Total {
  readonly bytes: number;
  readonly sha256: string;
}

export class Digest {
  readonly #hash = createHash("sha256");
  bytes = 0;

  add(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.#hash.update(bytes);
  }

  /** So far; more may follow. */
  total(): Total {
    return { bytes: this.bytes, sha256: this.#hash.copy().digest("hex") };
  }
}

export function totalOf(bytes: Uint8Array): Total {
  const digest = new Digest();
  digest.add(bytes);
  return digest.total();
}

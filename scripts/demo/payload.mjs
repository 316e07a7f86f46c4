/**
 * What travels: bytes that cannot be guessed, and the SHA-256 of whatever passed. Both ends of a
 * leg use it, ours and the plain one; each hashes what it sends and what it receives.
 *
 * Pieces are slices of one random block at ever new offsets, so a byte that is lost, doubled or
 * out of order shows in the hash, and nothing has to be generated while the clock runs. On a slow
 * or busy machine a payload ends early, by the clock: how much it was is told at the end.
 */
import { createHash, randomBytes } from "node:crypto";

export const MIB = 1024 * 1024;

const SENDING_MS = 5_000;
const PIECE_BYTES = 64 * 1024;
const STRIDE_BYTES = 40_503; // shares no factor with the block: offsets repeat late
const BLOCK = randomBytes(4 * MIB);

/** Counts and hashes bytes on their way. */
export class Tally {
  bytes = 0;
  #hash = createHash("sha256");

  add(piece) {
    this.bytes += piece.length;
    this.#hash.update(piece);
  }

  /** The end: how much it was, and its hash. */
  total() {
    return { bytes: this.bytes, sha256: this.#hash.digest("hex") };
  }
}

/** At most so many bytes to send, piece by piece, tallied as they are taken. */
export class Payload {
  tally = new Tally();
  #left;
  #offset = 0;
  #deadline = 0;

  constructor(bytes) {
    this.#left = bytes;
  }

  /** The next piece, undefined when there is none left. */
  next() {
    this.#deadline ||= performance.now() + SENDING_MS;
    if (this.#left === 0 || performance.now() > this.#deadline) return undefined;
    const piece = BLOCK.subarray(this.#offset, this.#offset + Math.min(PIECE_BYTES, this.#left));
    this.#offset = (this.#offset + STRIDE_BYTES) % (BLOCK.length - PIECE_BYTES);
    this.#left -= piece.length;
    this.tally.add(piece);
    return piece;
  }
}

/**
 * Bytes that become the app's own, exact in size (M38, M39): copies of engine memory, or what came in memory of
 * its own already; and what keeps V8 and malloc from making them dear.
 */
import type { Driver } from "./driver.ts";
import type { BinaryType } from "./options.ts";

/** Smaller ones come with garbage enough by themselves: a buffer, a view, an event. */
const SMALL_BYTES = 1024;
/** A block of this size is large for malloc, and seldom enough asked for. */
const JOINED_BYTES_MIN = 49_152;
/** Of 8 bytes each: well below the 128 KiB from which on V8 allocates apart from young objects. */
const GARBAGE_ELEMENTS_MAX = 4096;
/** Since free blocks were joined. */
let copiedSmall = 0;
/** What nobody could ever see V8 would not make. */
const latest: { garbage: unknown } = { garbage: undefined };

/** What `event.data` is for these bytes: a copy of the app's own. */
export function ownData(
  driver: Driver,
  binaryType: BinaryType,
  address: number,
  length: number,
): string | ArrayBuffer | Uint8Array {
  if (binaryType === "string") {
    driver.countCopied(length);
    return driver.host.decodeLatin1(driver.core.memory, address, length);
  }
  const copy = ownCopy(driver, address, length);
  return binaryType === "arraybuffer" ? copy.buffer : copy;
}

/** The same of bytes that came whole: they are the app's own already. */
export function passedOn(driver: Driver, binaryType: BinaryType): ArrayBuffer | Uint8Array {
  const { buffer } = driver.external as Uint8Array<ArrayBuffer>;
  hastenCollection(buffer.byteLength);
  return binaryType === "arraybuffer" ? buffer : new Uint8Array(buffer);
}

/** Unlike slice(), this does not zero first what it then writes over: an eighth of what bulk costs. */
export function ownCopy(driver: Driver, address: number, length: number): Uint8Array<ArrayBuffer> {
  driver.countCopied(length);
  hastenCollection(length);
  return new Uint8Array(driver.core.view(address, length));
}

/**
 * Bytes are about to be copied, `bytes` in all, into so many blocks. glibc joins small free ones only when a large one
 * is asked for: else they come from all corners of memory, at a quarter of what an ArrayBuffer of 64 bytes costs.
 */
export function joinFreeBlocks(bytes: number, blocks: number): void {
  if (bytes >= blocks * SMALL_BYTES) return;
  copiedSmall += bytes;
  if (copiedSmall < JOINED_BYTES_MIN) return;
  latest.garbage = new ArrayBuffer(copiedSmall);
  copiedSmall = 0;
}

/**
 * Makes garbage beside a buffer, an eighth of its size. V8 collects young objects, and the buffers they hold, when
 * they have filled their space, 1 MiB in a small program; objects as small as a buffer's do not fill it before
 * 32 MiB of buffers have V8 mark the whole heap: a third of what bulk costs on Node 24. Where that space is beyond
 * 4 MiB, all is as without.
 */
function hastenCollection(bytes: number): void {
  if (bytes < SMALL_BYTES) return;
  for (let left = bytes >>> 6; left > 0; left -= GARBAGE_ELEMENTS_MAX) {
    latest.garbage = new Array(Math.min(left, GARBAGE_ELEMENTS_MAX));
  }
}

/**
 * The control block: the words a host may read without a call.
 *
 * Owns a fixed static area and the scratch area beside it. Only the core writes the block; only
 * the host writes the scratch area. Both addresses are valid before `init` and never change.
 */
import {
  ABI_VERSION_MAJOR,
  ABI_VERSION_MINOR,
  CONTROL_ABI,
  CONTROL_MAGIC,
  CONTROL_SCRATCH,
  CONTROL_SCRATCH_BYTES,
  CONTROL_WORDS,
  MAGIC,
} from "./abi.ts";

const SCRATCH_BYTES: i32 = 4096;
const block: usize = memory.data(CONTROL_WORDS << 2, 16);
/** In front of the scratch area: the end of the piece before, while a payload is encoded. */
export const SCRATCH_CARRIED_BYTES: u32 = 16;
const scratchArea: usize = memory.data(4112, 16);
const scratch: usize = scratchArea + SCRATCH_CARRIED_BYTES;

/** The block's address. Writes its constant words, so that a host may call it first of all. */
export function controlBlock(): usize {
  setControl(CONTROL_MAGIC, MAGIC);
  setControl(CONTROL_ABI, (ABI_VERSION_MAJOR << 16) | ABI_VERSION_MINOR);
  setControl(CONTROL_SCRATCH, <u32>scratch);
  setControl(CONTROL_SCRATCH_BYTES, SCRATCH_BYTES);
  return block;
}

export function getControl(word: i32): u32 {
  return load<u32>(block + ((<usize>word) << 2));
}

export function setControl(word: i32, value: u32): void {
  store<u32>(block + ((<usize>word) << 2), value);
}

/** The address of word `word` of the scratch area. */
export function scratchWord(word: i32): usize {
  return scratch + ((<usize>word) << 2);
}

/** Word `word` of a configuration struct of `words` words; `missing` where the host gave fewer. */
export function configWord(words: i32, word: i32, missing: u32): u32 {
  return word < words ? load<u32>(scratch + ((<usize>word) << 2)) : missing;
}

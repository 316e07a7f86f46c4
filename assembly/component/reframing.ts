/** The op `set-framing`: a framing becomes words at the scratch area, where the core reads them. */
import { E_ARG, E_STALE } from "../abi.ts";
import { scratchWord } from "../control.ts";
import * as framings from "../framing/abi.ts";
import * as core from "../index.ts";
import * as layout from "./layout.ts";

function put(word: i32, value: u32): void {
  store<u32>(scratchWord(word), value);
}

/** option<framing>: byte 0 whether, from byte 4 on the framing */
export function setFraming(socket: i32, option: usize): i32 {
  if (socket === 0) return E_STALE; // the core would only check the description
  const words = load<u8>(option) === 0 ? 0 : describe(option + 4);
  return words < 0 ? words : core.set_framing(socket, words);
}

/** Writes the framing's words; returns how many, or E_ARG. */
function describe(framing: usize): i32 {
  const from = framing + 4;
  const value = load<u32>(from);
  for (let word = 0; word < framings.FRAMING_WORDS; word++) put(word, 0);
  switch (<u32>load<u8>(framing)) {
    case layout.FRAMING_CASE_FIXED:
      put(framings.FRAMING_OFFSET, value);
      return kind(framings.FRAMING_FIXED, 0);
    case layout.FRAMING_CASE_LENGTH_PREFIXED: {
      put(framings.FRAMING_WIDTH, load<u8>(from, 0));
      if (load<u8>(from, 1) !== 0) {
        put(framings.FRAMING_FLAGS, framings.FRAMING_FLAG_LITTLE_ENDIAN);
      }
      put(framings.FRAMING_OFFSET, load<u32>(from, 4));
      put(framings.FRAMING_ADJUST, load<u32>(from, 8));
      put(framings.FRAMING_STRIP, load<u32>(from, 12));
      return kind(framings.FRAMING_LENGTH_PREFIXED, load<u32>(from, 16));
    }
    case layout.FRAMING_CASE_VARINT:
      put(framings.FRAMING_OFFSET, value);
      put(framings.FRAMING_STRIP, load<u8>(from, 4));
      return kind(framings.FRAMING_VARINT, load<u32>(from, 8));
    case layout.FRAMING_CASE_DELIMITED:
      return describeDelimited(from);
    case layout.FRAMING_CASE_NETSTRING:
      return kind(framings.FRAMING_NETSTRING, value);
    case layout.FRAMING_CASE_SLIP:
      return kind(framings.FRAMING_SLIP, value);
    case layout.FRAMING_CASE_COBS:
      return kind(framings.FRAMING_COBS, value);
    case layout.FRAMING_CASE_CONTENT_LENGTH:
      return kind(framings.FRAMING_CONTENT_LENGTH, value);
    default:
      return E_ARG;
  }
}

function kind(number: i32, most: u32): i32 {
  put(framings.FRAMING_KIND, number);
  put(framings.FRAMING_MESSAGE_MAX, most);
  return framings.FRAMING_WORDS;
}

/** delimited: | delimiters: address, how many | keep | last line | most bytes at 12 | */
function describeDelimited(from: usize): i32 {
  const keep = load<u8>(from, 8) !== 0 ? framings.FRAMING_FLAG_KEEP : 0;
  const lastLine = load<u8>(from, 9) !== 0 ? framings.FRAMING_FLAG_LAST_LINE : 0;
  put(framings.FRAMING_FLAGS, keep | lastLine);
  let words = kind(framings.FRAMING_DELIMITED, load<u32>(from, 12));
  const count = load<u32>(from, 4);
  if (count > <u32>framings.DELIMITERS_MAX) return E_ARG;
  put(framings.FRAMING_DELIMITERS, count);
  for (let i: u32 = 0; i < count; i++) {
    const list = load<usize>(from) + i * 8;
    const length = load<u32>(list, 4);
    if (length > <u32>framings.DELIMITER_BYTES_MAX) return E_ARG;
    put(words, length);
    memory.fill(scratchWord(words + 1), 0, framings.DELIMITER_BYTES_MAX);
    memory.copy(scratchWord(words + 1), load<usize>(list), length);
    words += framings.DELIMITER_WORDS;
  }
  return words;
}

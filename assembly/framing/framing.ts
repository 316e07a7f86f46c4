/**
 * The framing of a socket: read from configuration words, kept in the socket's record.
 *
 * Nothing is set unless all of it is valid. What is known of a message half received belongs to the
 * framing before and is forgotten; the bytes themselves stay.
 */
import { E_ARG, E_LIMIT, E_NOMEM, NO_LIMIT } from "../abi.ts";
import { configWord, scratchWord } from "../control.ts";
import { Socket } from "../socket.ts";
import { headroomBytes, messageBytesMax } from "../window.ts";
import {
  DELIMITER_WORDS,
  FRAMING_ADJUST,
  FRAMING_COBS,
  FRAMING_CONTENT_LENGTH,
  FRAMING_DELIMITED,
  FRAMING_DELIMITERS,
  FRAMING_FIXED,
  FRAMING_FLAG_KEEP,
  FRAMING_FLAG_LAST_LINE,
  FRAMING_FLAG_LITTLE_ENDIAN,
  FRAMING_FLAGS,
  FRAMING_KIND,
  FRAMING_LENGTH_PREFIXED,
  FRAMING_MESSAGE_MAX,
  FRAMING_NONE,
  FRAMING_OFFSET,
  FRAMING_SLIP,
  FRAMING_STRIP,
  FRAMING_WIDTH,
  FRAMING_WORDS,
  FRAMINGS,
  HEADER_BYTES_MAX,
  MESSAGE_BYTES,
  PREFIX_BYTES_MAX,
} from "./abi.ts";
import { cobsBytesMax } from "./cobs.ts";
import {
  delimiterSet,
  emptyLineSet,
  releaseSet,
  retain,
  slipEndSet,
  validDelimiters,
  zeroSet,
} from "./delimiters.ts";

/** More than any framing adds to a message. */
const OVERHEAD_BYTES_MAX: u32 = 2 * HEADER_BYTES_MAX;

/** Whether `words` words in the scratch area describe a framing: 0, E_ARG, or E_LIMIT. */
export function checkFraming(words: i32): i32 {
  if (words < 0) return E_ARG;
  const kind = configWord(words, FRAMING_KIND, FRAMING_NONE);
  const count = configWord(words, FRAMING_DELIMITERS, 0);
  if (kind >= <u32>FRAMINGS || !validWords(kind, words, count)) return E_ARG;
  const max = messageMax(kind, words);
  const fits = max <= mostBytes(kind) && largestFrame(kind, max) <= <u64>headroomBytes();
  return fits ? 0 : E_LIMIT; // before `init` nothing does
}

/** Sets the framing that `words` words in the scratch area describe. */
export function configureFraming(socket: Socket, words: i32): i32 {
  const refusal = checkFraming(words);
  if (refusal !== 0) return refusal;
  const kind = configWord(words, FRAMING_KIND, FRAMING_NONE);
  const count = configWord(words, FRAMING_DELIMITERS, 0);
  const set = setFor(kind, count);
  if (set === 0 && kind === <u32>FRAMING_DELIMITED) return E_NOMEM;
  forgetFraming(socket);
  socket.framing = <u8>kind;
  socket.framingFlags = <u8>configWord(words, FRAMING_FLAGS, 0);
  socket.framingWidth = <u8>configWord(words, FRAMING_WIDTH, 0);
  socket.framingOffset = configWord(words, FRAMING_OFFSET, 0);
  socket.framingAdjust = <i32>configWord(words, FRAMING_ADJUST, 0);
  socket.framingStrip = configWord(words, FRAMING_STRIP, 0);
  socket.messageMax = messageMax(kind, words);
  socket.delimiters = set;
  return 0;
}

/** An accepted socket begins with its listener's framing. */
export function inheritFraming(socket: Socket, listener: Socket): void {
  socket.framing = listener.framing;
  socket.framingFlags = listener.framingFlags;
  socket.framingWidth = listener.framingWidth;
  socket.framingOffset = listener.framingOffset;
  socket.framingAdjust = listener.framingAdjust;
  socket.framingStrip = listener.framingStrip;
  socket.messageMax = listener.messageMax;
  socket.delimiters = retain(listener.delimiters);
}

/** The socket has none any more, and holds nothing of one. */
export function forgetFraming(socket: Socket): void {
  releaseSet(socket.delimiters);
  socket.delimiters = 0;
  socket.framing = <u8>FRAMING_NONE;
  socket.framingFlags = 0;
  socket.needed = 0;
  socket.searched = 0;
  socket.batchMax = 0;
}

function validWords(kind: u32, words: i32, count: u32): bool {
  const flags = configWord(words, FRAMING_FLAGS, 0);
  const offset = configWord(words, FRAMING_OFFSET, 0);
  const strip = configWord(words, FRAMING_STRIP, 0);
  if ((flags & ~flagsAllowed(kind)) !== 0) return false;
  if (kind === <u32>FRAMING_DELIMITED) {
    const there = words === FRAMING_WORDS + <i32>count * DELIMITER_WORDS;
    return there && validDelimiters(scratchWord(FRAMING_WORDS), count);
  }
  if (words > FRAMING_WORDS || count !== 0) return false;
  if (kind === <u32>FRAMING_FIXED) return offset !== 0;
  if (offset > <u32>PREFIX_BYTES_MAX || strip > <u32>PREFIX_BYTES_MAX) return false;
  if (kind !== <u32>FRAMING_LENGTH_PREFIXED) return true;
  const width = configWord(words, FRAMING_WIDTH, 0);
  return (width >= 1 && width <= 4) || width === 8;
}

function flagsAllowed(kind: u32): u32 {
  if (kind === <u32>FRAMING_LENGTH_PREFIXED) return FRAMING_FLAG_LITTLE_ENDIAN;
  return kind === <u32>FRAMING_DELIMITED ? FRAMING_FLAG_KEEP | FRAMING_FLAG_LAST_LINE : 0;
}

function messageMax(kind: u32, words: i32): u32 {
  if (kind === <u32>FRAMING_FIXED) return configWord(words, FRAMING_OFFSET, 0);
  const given = configWord(words, FRAMING_MESSAGE_MAX, 0);
  return given !== 0 ? given : MESSAGE_BYTES;
}

/** What `maxMessageBytes` may be: a quarter of memory; an eighth for SLIP, which may double it. */
function mostBytes(kind: u32): u32 {
  if (kind === <u32>FRAMING_NONE) return NO_LIMIT;
  return messageBytesMax() >> (kind === <u32>FRAMING_SLIP ? 1 : 0);
}

/** The most bytes of the stream that one message may take. */
export function largestFrame(kind: u32, max: u32): u64 {
  if (kind === <u32>FRAMING_NONE) return 0;
  if (kind === <u32>FRAMING_SLIP) return ((<u64>max) << 1) + 1;
  if (kind === <u32>FRAMING_COBS) return <u64>cobsBytesMax(min<u32>(max, 0x7fffffff)) + 1;
  return <u64>max + (kind === <u32>FRAMING_FIXED ? 0 : OVERHEAD_BYTES_MAX);
}

function setFor(kind: u32, count: u32): usize {
  if (kind === <u32>FRAMING_DELIMITED) return delimiterSet(scratchWord(FRAMING_WORDS), count);
  if (kind === <u32>FRAMING_SLIP) return slipEndSet();
  if (kind === <u32>FRAMING_COBS) return zeroSet();
  return kind === <u32>FRAMING_CONTENT_LENGTH ? emptyLineSet() : 0;
}

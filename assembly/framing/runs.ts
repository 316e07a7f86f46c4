/**
 * Runs: many messages at once, for the framings of most protocols in their plainest form.
 *
 * A run takes whole messages as long as nothing is special about them, straight into the batch, and
 * stops in front of the first that is: the last of the input, one too long. That one is looked at by
 * the framing itself, so a run needs no rules of its own and changes no result.
 */
import { Socket } from "../socket.ts";
import {
  FRAMING_DELIMITED,
  FRAMING_FLAG_KEEP,
  FRAMING_FLAG_LITTLE_ENDIAN,
  FRAMING_LENGTH_PREFIXED,
} from "./abi.ts";
import { batchEnds, batchTable, CELL_BYTES, END_BYTES, endRun } from "./batch.ts";
import { onlyDelimiter } from "./delimiters.ts";
import { HIT_BYTES, HIT_SHIFT, hitsAt } from "./find-byte.ts";

/** So many messages of one size in a row, and the next is expected to be like them. */
const ALIKE_MIN: u32 = 4;

/**
 * Takes up to `most` messages from `from` on into an empty batch; returns where the last of them ends.
 * The first `searched` bytes hold no delimiter.
 */
export function run(socket: Socket, from: usize, end: usize, most: u32, searched: u32): usize {
  const kind: u32 = socket.framing;
  if (kind === <u32>FRAMING_LENGTH_PREFIXED) {
    return isPlain(socket) ? runPrefixed(socket, from, end, most) : from;
  }
  return kind === <u32>FRAMING_DELIMITED ? runDelimited(socket, from, end, most, searched) : from;
}

/** Two or four bytes of length and nothing else in front of a message. */
function isPlain(socket: Socket): bool {
  const width: u32 = socket.framingWidth;
  if (socket.framingOffset !== 0 || socket.framingAdjust !== 0) return false;
  return (width === 2 || width === 4) && socket.framingStrip === width;
}

/**
 * Where a message begins is known once the prefix before has come from memory. Messages of one size need
 * not wait: where several were alike, the next is taken to be so while its prefix is compared.
 */
function runPrefixed(socket: Socket, from: usize, end: usize, most: u32): usize {
  const max = socket.messageMax;
  const width: usize = socket.framingWidth;
  const wide = width === 4;
  const little = (socket.framingFlags & <u8>FRAMING_FLAG_LITTLE_ENDIAN) !== 0;
  const table = batchTable();
  const stop = table + <usize>most * CELL_BYTES;
  let cell = table;
  let ends = batchEnds();
  let at = from;
  let before: u32 = 0;
  let alike: u32 = 0;
  while (cell < stop && end - at >= width) {
    const prefix = prefixAt(at, wide);
    const size = little ? prefix : wide ? bswap<u32>(prefix) : bswap<u32>(prefix) >> 16;
    const body = at + width;
    if (size > max || <u32>(end - body) < size) break;
    store<u32>(cell, <u32>(body - from), 0);
    store<u32>(cell, size, 4);
    at = body + size;
    store<usize>(ends, at);
    cell += CELL_BYTES;
    ends += END_BYTES;
    alike = select<u32>(alike + 1, 0, prefix === before); // a branch would be guessed wrong too often
    before = prefix;
    if (alike < ALIKE_MIN) continue;
    const frame = width + size;
    for (; cell < stop && end - at >= frame && prefixAt(at, wide) === prefix; at += frame) {
      store<u32>(cell, <u32>(at + width - from), 0);
      store<u32>(cell, size, 4);
      store<usize>(ends, at + frame);
      cell += CELL_BYTES;
      ends += END_BYTES;
    }
  }
  endRun(<u32>((cell - table) / CELL_BYTES), <u32>(at - from));
  return at;
}

function prefixAt(at: usize, wide: bool): u32 {
  return wide ? load<u32>(at, 0, 1) : <u32>load<u16>(at, 0, 1);
}

function runDelimited(socket: Socket, from: usize, end: usize, most: u32, searched: u32): usize {
  const only = onlyDelimiter(socket.delimiters);
  if (only === 0) return from;
  const length = load<u32>(only);
  const delimiter = only + 4;
  const last: u32 = load<u8>(delimiter + length - 1);
  const beforeLast: u32 = length > 1 ? load<u8>(delimiter + length - 2) : 0;
  const max = socket.messageMax;
  const dropped = (socket.framingFlags & <u8>FRAMING_FLAG_KEEP) !== 0 ? 0 : length;
  const table = batchTable();
  const stop = table + <usize>most * CELL_BYTES;
  let cell = table;
  let ends = batchEnds();
  let begin = from;
  for (let at = from + searched; at + HIT_BYTES <= end; at += HIT_BYTES) {
    for (let hits = hitsAt(at, last); hits !== 0; hits &= hits - 1) {
      const after = at + <usize>(ctz<u64>(hits) >> HIT_SHIFT) + 1;
      if (<u32>(after - begin) < length) continue;
      if (length > 1 && <u32>load<u8>(after - 2) !== beforeLast) continue;
      if (length > 2 && memory.compare(after - length, delimiter, length) !== 0) continue;
      const size = <u32>(after - begin) - dropped;
      if (size > max || cell === stop) {
        endRun(<u32>((cell - table) / CELL_BYTES), <u32>(begin - from));
        return begin;
      }
      store<u32>(cell, <u32>(begin - from), 0);
      store<u32>(cell, size, 4);
      store<usize>(ends, after);
      cell += CELL_BYTES;
      ends += END_BYTES;
      begin = after;
    }
  }
  endRun(<u32>((cell - table) / CELL_BYTES), <u32>(begin - from));
  return begin;
}

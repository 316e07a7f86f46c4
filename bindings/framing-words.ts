/** A framing as the configuration words of the core's `set_framing`. */
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
  FRAMING_NETSTRING,
  FRAMING_OFFSET,
  FRAMING_SLIP,
  FRAMING_STRIP,
  FRAMING_VARINT,
  FRAMING_WIDTH,
  FRAMING_WORDS,
} from "../assembly/framing/abi.ts";
import type { Framing } from "./framing.ts";

const KINDS: Record<Framing["type"], number> = {
  fixed: FRAMING_FIXED,
  lengthPrefixed: FRAMING_LENGTH_PREFIXED,
  varint: FRAMING_VARINT,
  delimited: FRAMING_DELIMITED,
  lines: FRAMING_DELIMITED,
  netstring: FRAMING_NETSTRING,
  slip: FRAMING_SLIP,
  cobs: FRAMING_COBS,
  contentLength: FRAMING_CONTENT_LENGTH,
};

/** No words for no framing. */
export function framingWords(framing: Framing | null | undefined): number[] {
  if (framing === null || framing === undefined) return [];
  const words = new Array<number>(FRAMING_WORDS).fill(0);
  words[FRAMING_KIND] = KINDS[framing.type];
  if (framing.type === "fixed") {
    words[FRAMING_OFFSET] = framing.size;
    return words;
  }
  words[FRAMING_MESSAGE_MAX] = framing.maxMessageBytes;
  if (framing.type === "lengthPrefixed") {
    words[FRAMING_FLAGS] = framing.endian === "little" ? FRAMING_FLAG_LITTLE_ENDIAN : 0;
    words[FRAMING_WIDTH] = framing.bytes;
    words[FRAMING_ADJUST] = framing.adjust;
  }
  if (framing.type === "lengthPrefixed" || framing.type === "varint") {
    words[FRAMING_OFFSET] = framing.offset;
    words[FRAMING_STRIP] = Number(framing.strip);
  }
  if (framing.type === "delimited" || framing.type === "lines") {
    const { delimiters, lastLine } = { delimiters: [], lastLine: false, ...framing } as {
      delimiters: string[];
      lastLine: boolean;
    };
    words[FRAMING_FLAGS] =
      (framing.keep ? FRAMING_FLAG_KEEP : 0) | (lastLine ? FRAMING_FLAG_LAST_LINE : 0);
    addDelimiters(words, framing.type === "lines" ? [framing.eol] : delimiters);
  }
  return words;
}

function addDelimiters(words: number[], delimiters: readonly string[]): void {
  words[FRAMING_DELIMITERS] = delimiters.length;
  for (const delimiter of delimiters) {
    const at = words.length;
    words.push(delimiter.length, ...new Array<number>(DELIMITER_WORDS - 1).fill(0));
    for (let i = 0; i < delimiter.length; i++) {
      const word = at + 1 + (i >> 2);
      words[word] = (words[word] as number) | (delimiter.charCodeAt(i) << ((i & 3) * 8));
    }
  }
}

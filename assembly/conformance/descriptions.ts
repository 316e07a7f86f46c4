/** Framings and options of a script, written as words where the core reads them. */
import * as abi from "../abi.ts";
import { scratchWord } from "../control.ts";
import * as framings from "../framing/abi.ts";
import { Json } from "./json.ts";

const HIGH_WATER_MARK: i64 = 65536;
const NO_LIMIT: i64 = 0xffffffff;

function put(word: i32, value: i64): void {
  store<u32>(scratchWord(word), <u32>value);
}

/** Returns how many words of `open` there are. */
export function describeOptions(options: Json): i32 {
  const halfOpen = options.flagOf("allowHalfOpen", false) ? abi.OPEN_FLAG_HALF_OPEN : 0;
  const secure = options.flagOf("secure", false) ? abi.OPEN_FLAG_SECURE : 0;
  put(abi.OPEN_HIGH_WATER_MARK, options.numberOf("highWaterMark", HIGH_WATER_MARK));
  put(abi.OPEN_LOW_WATER_MARK, options.numberOf("lowWaterMark", 0));
  put(abi.OPEN_BUFFERED_MAX, options.numberOf("maxBufferedAmount", NO_LIMIT));
  put(abi.OPEN_FLAGS, halfOpen | secure);
  put(abi.OPEN_CONNECT_TIMEOUT, options.numberOf("connectTimeout", 0));
  put(abi.OPEN_IDLE_TIMEOUT, options.numberOf("idleTimeout", 0));
  put(abi.OPEN_CONNECTIONS_MAX, options.numberOf("maxConnections", NO_LIMIT));
  put(abi.OPEN_RECEIVE_BYTES_MAX, options.numberOf("maxReceiveBytes", 0));
  put(abi.OPEN_HANDSHAKE_TIMEOUT, options.numberOf("handshakeTimeout", 0));
  return abi.OPEN_WORDS;
}

/** Returns how many words of `set_framing` there are; none for null. */
export function describeFraming(framing: Json): i32 {
  if (framing.isNull) return 0;
  const type = framing.get("type").text;
  const offset = framing.numberOf("offset", 0);
  for (let word = 0; word < framings.FRAMING_WORDS; word++) put(word, 0);
  put(framings.FRAMING_KIND, kindOf(type));
  put(framings.FRAMING_MESSAGE_MAX, framing.numberOf("maxMessageBytes", 0));
  put(framings.FRAMING_OFFSET, type === "fixed" ? framing.get("size").number : offset);
  if (type === "lengthPrefixed") {
    const width = framing.get("bytes").number;
    const little = framing.textOf("endian", "big") === "little";
    put(framings.FRAMING_FLAGS, little ? framings.FRAMING_FLAG_LITTLE_ENDIAN : 0);
    put(framings.FRAMING_WIDTH, width);
    put(framings.FRAMING_ADJUST, framing.numberOf("adjust", 0));
    put(framings.FRAMING_STRIP, framing.numberOf("strip", offset === 0 ? width : 0));
  } else if (type === "varint") {
    put(framings.FRAMING_STRIP, framing.flagOf("strip", offset === 0) ? 1 : 0);
  } else if (type === "delimited" || type === "lines") {
    return describeDelimiters(framing);
  }
  return framings.FRAMING_WORDS;
}

function kindOf(type: string): i32 {
  if (type === "fixed") return framings.FRAMING_FIXED;
  if (type === "lengthPrefixed") return framings.FRAMING_LENGTH_PREFIXED;
  if (type === "varint") return framings.FRAMING_VARINT;
  if (type === "delimited" || type === "lines") return framings.FRAMING_DELIMITED;
  if (type === "netstring") return framings.FRAMING_NETSTRING;
  if (type === "slip") return framings.FRAMING_SLIP;
  if (type === "cobs") return framings.FRAMING_COBS;
  assert(type === "contentLength", "no framing " + type);
  return framings.FRAMING_CONTENT_LENGTH;
}

function describeDelimiters(framing: Json): i32 {
  const keep = framing.flagOf("keep", false) ? framings.FRAMING_FLAG_KEEP : 0;
  const lastLine = framing.flagOf("lastLine", false) ? framings.FRAMING_FLAG_LAST_LINE : 0;
  put(framings.FRAMING_FLAGS, keep | lastLine);
  const delimiters: string[] = [];
  if (framing.has("delimiters")) {
    const items = framing.get("delimiters").items;
    for (let i = 0; i < items.length; i++) delimiters.push(items[i].text);
  } else {
    delimiters.push(framing.textOf("eol", "\r\n"));
  }
  put(framings.FRAMING_DELIMITERS, delimiters.length);
  let words = framings.FRAMING_WORDS;
  for (let i = 0; i < delimiters.length; i++) {
    put(words, delimiters[i].length);
    for (let word = 1; word < framings.DELIMITER_WORDS; word++) put(words + word, 0);
    for (let k = 0; k < delimiters[i].length; k++) {
      store<u8>(scratchWord(words + 1) + k, <u8>delimiters[i].charCodeAt(k));
    }
    words += framings.DELIMITER_WORDS;
  }
  return words;
}

/**
 * Streams and the messages they bring, worked out by hand, most of them from the documents that
 * describe the formats. A char is a byte.
 */
import { charsFrom, type Failure, type Framing } from "./framing.ts";

/** The wire, its messages, and how it fails, null if it does not; `fin`: the peer ends behind it. */
export type Example = [wire: string, messages: string[], failure?: Failure | null, fin?: boolean];

const U16: Framing = { type: "lengthPrefixed", bytes: 2 };
/** HTTP/2's frame header: 24 bits of length, type, flags, stream; the length counts the payload. */
const HTTP2: Framing = { type: "lengthPrefixed", bytes: 3, adjust: 6, strip: 0 };
/** MQTT's: one byte, then a varint. */
const MQTT: Framing = { type: "varint", offset: 1 };

export const DECODED: [string, Framing, Example[]][] = [
  [
    "fixed",
    { type: "fixed", size: 4 },
    [
      ["abcdefghij", ["abcd", "efgh"]],
      ["abcdefghij", ["abcd", "efgh"], "incomplete", true],
      ["abcd", ["abcd"], null, true],
    ],
  ],
  [
    "length-prefixed",
    U16,
    [
      ["\0\x05hello\0\0\0\x01!", ["hello", "", "!"]],
      ["\0\x05hel", [], "incomplete", true],
      ["\0", [], "incomplete", true],
    ],
  ],
  [
    "length-prefixed, little endian, four bytes",
    { ...U16, bytes: 4, endian: "little" },
    [["\x02\0\0\0hi\0\0\0\0", ["hi", ""]]],
  ],
  [
    "length-prefixed, eight bytes, above 2^53",
    { ...U16, bytes: 8 },
    [["\xff\xff\xff\xff\xff\xff\xff\xff", [], "tooLong"]],
  ],
  [
    "length-prefixed, the length counts itself",
    { ...U16, adjust: -2 },
    [
      ["\0\x04hi\0\x02", ["hi", ""]],
      ["\0\x03x\0\x01", ["x"], "malformed"],
    ],
  ],
  [
    "length-prefixed, HTTP/2 frames, kept whole",
    HTTP2,
    [["\0\0\x02\0\x01\0\0\0\x07hi", ["\0\0\x02\0\x01\0\0\0\x07hi"]]],
  ],
  [
    "length-prefixed, behind an offset, kept",
    { ...U16, bytes: 1, offset: 2 },
    [["ab\x03xyzcd\0", ["ab\x03xyz", "cd\0"]]],
  ],
  [
    "length-prefixed, stripped beyond the frame",
    { ...U16, bytes: 1, strip: 3 },
    [["\x02ab\x03abc\x01a", ["", "c"], "malformed"]],
  ],
  [
    "length-prefixed, limited",
    { ...U16, maxMessageBytes: 4 },
    [["\0\x04abcd\0\x05", ["abcd"], "tooLong"]],
  ],
  [
    "varint",
    { type: "varint" },
    [
      ["\x05hello\0\x01!", ["hello", "", "!"]],
      [`\x80\x01${"x".repeat(128)}`, ["x".repeat(128)]],
      ["\x80\0", [], "malformed"],
      ["\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", [], "malformed"],
      ["\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", [], "malformed"],
      ["\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", [], "tooLong"],
    ],
  ],
  ["varint behind an offset", MQTT, [["0\x02hi\xc0\0", ["0\x02hi", "\xc0\0"]]]],
  ["varint behind an offset, stripped", { ...MQTT, strip: true }, [["0\x02hi\xc0\0", ["hi", ""]]]],
  [
    "delimited",
    { type: "delimited", delimiters: ["\0"] },
    [
      ["one\0\0two\0rest", ["one", "", "two"]],
      ["one\0rest", ["one"], "incomplete", true],
    ],
  ],
  [
    "delimited by several: the first that completes, the longest of those",
    { type: "delimited", delimiters: ["\n", "\r\n", "||"] },
    [["a\r\nb\nc|||d|\r|\n", ["a", "b", "c", "|d|\r|"]]],
  ],
  [
    "delimited: a delimiter does not reach into the message before",
    { type: "delimited", delimiters: ["aba"], keep: true },
    [["ababaaba", ["aba", "baaba"]]],
  ],
  [
    "delimited, limited",
    { type: "delimited", delimiters: ["==="], maxMessageBytes: 4 },
    [
      ["abcd===abcde===", ["abcd"], "tooLong"],
      ["abcd===abcdefg", ["abcd"], "tooLong"],
      ["abcd===abcdef", ["abcd"]],
    ],
  ],
  [
    "lines",
    { type: "lines" },
    [
      ["a\r\n\r\nb\nc\r\r\n", ["a", "", "b\nc\r"]],
      ["a\r\nb", ["a"], "incomplete", true],
    ],
  ],
  [
    "lines that end with LF, the last one with FIN, all kept",
    { type: "lines", eol: "\n", keep: true, lastLine: true },
    [
      ["a\r\nb\nc", ["a\r\n", "b\n", "c"], null, true],
      ["a\n", ["a\n"], null, true],
    ],
  ],
  [
    "netstrings",
    { type: "netstring", maxMessageBytes: 99 },
    [
      ["12:hello world!,0:,", ["hello world!", ""]], // from the document
      ["1:a,01:a,", ["a"], "malformed"],
      ["00:,", [], "malformed"],
      ["3:abcd", [], "malformed"],
      [":,", [], "malformed"],
      [" 1:a,", [], "malformed"],
      ["1 :a,", [], "malformed"],
      ["12345678901", [], "malformed"],
      ["100:", [], "tooLong"],
      ["3:abc", [], "incomplete", true],
    ],
  ],
  [
    "SLIP",
    { type: "slip" },
    [
      ["\xc0\xc0ab\xc0\xc0c\xdb\xdcd\xdb\xdde\xc0", ["ab", "c\xc0d\xdbe"]],
      ["ab\xc0\xc0\xc0", ["ab"], null, true],
      ["ab\xc0c", ["ab"], "incomplete", true],
      ["a\xc0b\xdbcd\xc0", ["a"], "malformed"],
      ["a\xdb\xc0", [], "malformed"],
    ],
  ],
  [
    "COBS",
    { type: "cobs" },
    [
      ["\x01\0\x03ab\x01\0", ["", "ab\0"]],
      ["\x02a\0\0", ["a"], "malformed"],
      ["\x02a\0\x03a\0", ["a"], "malformed"],
      [`\xff${charsFrom(1, 254)}\x01\0`, [charsFrom(1, 254)]], // one code more than needed: fine
      ["\x02a", [], "incomplete", true],
    ],
  ],
  [
    "Content-Length",
    { type: "contentLength" },
    [
      ["Content-Length: 2\r\n\r\n{}Content-Length:0\r\n\r\n", ["{}", ""]],
      ["Content-Type: x; y=z\r\ncontent-LENGTH: \t 2 \r\n\r\nab", ["ab"]],
      ["X: y\r\n\r\n", [], "malformed"],
      ["\r\n", [], "malformed"],
      ["Content-Length: 2\r\nContent-Length: 2\r\n\r\n", [], "malformed"],
      ["Content-Length: -2\r\n\r\n", [], "malformed"],
      ["Content-Length: 2 2\r\n\r\n", [], "malformed"],
      ["Content-Length:\r\n\r\n", [], "malformed"],
      ["nonsense\r\n", [], "malformed"],
      [`X: ${"x".repeat(4091)}\r\n`, [], "malformed"],
      ["Content-Length: 99999999999999999999\r\n\r\n", [], "tooLong"],
      ["Content-Length: 2\r\n\r\na", [], "incomplete", true],
    ],
  ],
];

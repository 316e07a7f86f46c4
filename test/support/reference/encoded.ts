/**
 * Payloads and the wire bytes that bring them, worked out by hand; null where there are none and
 * sending is refused. A char is a byte.
 */
import { charsFrom, type Framing } from "./framing.ts";

const U16: Framing = { type: "lengthPrefixed", bytes: 2 };
const HTTP2: Framing = { type: "lengthPrefixed", bytes: 3, adjust: 6, strip: 0 };
const MQTT: Framing = { type: "varint", offset: 1 };

export const ENCODED: [string, Framing, Record<string, string | null>][] = [
  ["fixed", { type: "fixed", size: 2 }, { ab: "ab", a: null, abc: null }],
  ["length-prefixed", U16, { hi: "\0\x02hi", "": "\0\0" }],
  [
    "length-prefixed in one byte",
    { ...U16, bytes: 1 },
    { ["x".repeat(255)]: `\xff${"x".repeat(255)}`, ["x".repeat(256)]: null },
  ],
  ["the length counts itself", { ...U16, adjust: -2 }, { hi: "\0\x04hi" }],
  ["the length counts too little", { ...U16, adjust: 3 }, { hi: null, abc: "\0\0abc" }],
  [
    "HTTP/2",
    HTTP2,
    { "???\0\x01\0\0\0\x07hi": "\0\0\x02\0\x01\0\0\0\x07hi", "???\0\x01\0\0\0": null, short: null },
  ],
  ["stripped zeros", { ...U16, bytes: 1, offset: 2, strip: 4 }, { hi: "\0\0\x03\0hi" }],
  ["a field half kept", { ...U16, strip: 1 }, { "?hi": "\0\x02hi", "?": "\0\0", "": null }],
  ["limited", { ...U16, maxMessageBytes: 2 }, { ab: "\0\x02ab", abc: null }],
  ["varint", { type: "varint" }, { "": "\0", ["x".repeat(300)]: `\xac\x02${"x".repeat(300)}` }],
  [
    "a varint that is kept is put right",
    MQTT,
    {
      "0\x00hi": "0\x02hi",
      "0\x80\x80\x00hi": "0\x02hi",
      [`0${"\xff".repeat(9)}\x7fhi`]: "0\x02hi",
      [`0${"\x80".repeat(10)}hi`]: null,
      "0\x80": null,
      "0": null,
    },
  ],
  [
    "delimited",
    { type: "delimited", delimiters: ["\r\n", "\n"] },
    { a: "a\r\n", "": "\r\n", "a\r": "a\r\r\n", "a\nb": null, "a\n": null },
  ],
  [
    "delimited, by what hides behind another",
    { type: "delimited", delimiters: ["b", "ab"] },
    { x: "xb", xa: null },
  ],
  [
    "delimited, kept",
    { type: "delimited", delimiters: [";", "."], keep: true },
    { "a.": "a.", ";": ";", a: null, "": null, "a;b.": null },
  ],
  ["lines", { type: "lines" }, { "a\nb": "a\nb\r\n", "a\r": "a\r\r\n", "a\r\nb": null }],
  ["netstring", { type: "netstring" }, { "hello world!": "12:hello world!,", "": "0:," }],
  ["SLIP", { type: "slip" }, { "a\xc0\xdb": "a\xdb\xdc\xdb\xdd\xc0", "": null }],
  [
    "COBS: the examples of its Wikipedia article",
    { type: "cobs" },
    {
      "\0": "\x01\x01\0",
      "\0\0": "\x01\x01\x01\0",
      "\0\x11\0": "\x01\x02\x11\x01\0",
      "\x11\x22\0\x33": "\x03\x11\x22\x02\x33\0",
      "\x11\x22\x33\x44": "\x05\x11\x22\x33\x44\0",
      "\x11\0\0\0": "\x02\x11\x01\x01\x01\0",
      [charsFrom(1, 254)]: `\xff${charsFrom(1, 254)}\0`,
      [charsFrom(0, 254)]: `\x01\xff${charsFrom(1, 254)}\0`,
      [charsFrom(1, 255)]: `\xff${charsFrom(1, 254)}\x02\xff\0`,
      [`${charsFrom(2, 255)}\0`]: `\xff${charsFrom(2, 255)}\x01\x01\0`,
      [`${charsFrom(3, 255)}\0\x01`]: `\xfe${charsFrom(3, 255)}\x02\x01\0`,
      "": "\x01\0",
    },
  ],
  ["Content-Length", { type: "contentLength" }, { "{}": "Content-Length: 2\r\n\r\n{}" }],
];

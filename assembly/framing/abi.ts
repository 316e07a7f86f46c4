/**
 * The numbers of framings, as abi.ts has the others: plain literals, read by core and bindings alike.
 */

// ---- Framings: how a stream is cut into messages -------------------------------------------------

export const FRAMING_NONE: i32 = 0;
export const FRAMING_FIXED: i32 = 1;
export const FRAMING_LENGTH_PREFIXED: i32 = 2;
export const FRAMING_VARINT: i32 = 3;
/** Lines too. */
export const FRAMING_DELIMITED: i32 = 4;
export const FRAMING_NETSTRING: i32 = 5;
export const FRAMING_SLIP: i32 = 6;
export const FRAMING_COBS: i32 = 7;
export const FRAMING_CONTENT_LENGTH: i32 = 8;
export const FRAMINGS: i32 = 9;

// ---- Their configuration: u32 words at the scratch area ----------------------------------------------

export const FRAMING_KIND: i32 = 0;
/** Sum of the FRAMING_FLAGs. */
export const FRAMING_FLAGS: i32 = 1;
/** Most bytes of a message as it is delivered. */
export const FRAMING_MESSAGE_MAX: i32 = 2;
/** Fixed: bytes of a message. Length field and varint: bytes in front of it. */
export const FRAMING_OFFSET: i32 = 3;
/** Bytes of the length field: 1, 2, 3, 4 or 8. */
export const FRAMING_WIDTH: i32 = 4;
/** What is added to the length (i32) to get the bytes behind the length field. */
export const FRAMING_ADJUST: i32 = 5;
/** Bytes at the beginning of a frame that are not delivered; for varints 0 or 1: the header. */
export const FRAMING_STRIP: i32 = 6;
/** How many delimiters follow, each DELIMITER_WORDS words: its length, and its bytes. */
export const FRAMING_DELIMITERS: i32 = 7;
export const FRAMING_WORDS: i32 = 8;
export const DELIMITER_WORDS: i32 = 5;

export const FRAMING_FLAG_LITTLE_ENDIAN: i32 = 1;
/** Messages are delivered, and sent, with their delimiter. */
export const FRAMING_FLAG_KEEP: i32 = 2;
/** The peer's FIN ends the last message too. */
export const FRAMING_FLAG_LAST_LINE: i32 = 4;

// ---- Why a payload cannot be sent as one message ---------------------------------------------------

/** Longer than the limit, or not of the fixed size. */
export const E_MESSAGE_SIZE: i32 = -64;
/** Its length does not fit the length field. */
export const E_MESSAGE_WIDTH: i32 = -65;
/** It contains a delimiter, or lacks the one it must end with. */
export const E_MESSAGE_DELIMITER: i32 = -66;
/** It is too short to hold the header it must bring. */
export const E_MESSAGE_HEADER: i32 = -67;
/** The framing cannot carry an empty message. */
export const E_MESSAGE_EMPTY: i32 = -68;

// ---- Which rule a malformed message breaks -----------------------------------------------------------

/** The announced frame is shorter than its own header, or than what is to be stripped. */
export const RULE_LENGTH_TOO_SMALL: i32 = 1;
/** The last byte of a varint adds nothing. */
export const RULE_VARINT_OVERLONG: i32 = 2;
/** A varint of more than 10 bytes, or beyond 64 bits. */
export const RULE_VARINT_TOO_WIDE: i32 = 3;
/** A netstring begins with digits, without leading zeros, and a colon. */
export const RULE_NETSTRING_LENGTH: i32 = 4;
/** A netstring ends with a comma. */
export const RULE_NETSTRING_COMMA: i32 = 5;
/** SLIP's ESC is followed by ESC_END or ESC_ESC. */
export const RULE_SLIP_ESCAPE: i32 = 6;
/** A COBS code points past the end of its frame, or the frame is empty. */
export const RULE_COBS_CODE: i32 = 7;
/** A header section is longer than HEADER_BYTES_MAX. */
export const RULE_HEADER_TOO_LONG: i32 = 8;
/** A header line has no colon, or there is no Content-Length. */
export const RULE_HEADER_MISSING: i32 = 9;
/** Content-Length occurs twice. */
export const RULE_HEADER_TWICE: i32 = 10;
/** Content-Length is not a decimal number. */
export const RULE_HEADER_VALUE: i32 = 11;

// ---- Limits, in bytes unless said otherwise ---------------------------------------------------------

/** Messages in a batch. */
export const BATCH_MESSAGES_MAX: i32 = 8192;
/** `maxMessageBytes` unless told otherwise. */
export const MESSAGE_BYTES: i32 = 1048576;
export const DELIMITERS_MAX: i32 = 8;
export const DELIMITER_BYTES_MAX: i32 = 16;
/** What may stand in front of a length field, and what may be stripped. */
export const PREFIX_BYTES_MAX: i32 = 1000;
/** A header section, with its empty line. */
export const HEADER_BYTES_MAX: i32 = 4096;
/** A payload's piece for `encode_part`, written at the scratch area. */
export const ENCODE_PART_BYTES_MAX: i32 = 1024;

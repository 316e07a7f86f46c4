/**
 * What framings refuse, in words: payloads that are no message (thrown by send(), nothing queued), and
 * what came that is none (the `cause` of the `error` event).
 */

import {
  E_MESSAGE_DELIMITER,
  E_MESSAGE_EMPTY,
  E_MESSAGE_HEADER,
  E_MESSAGE_SIZE,
  E_MESSAGE_WIDTH,
  HEADER_BYTES_MAX,
  RULE_COBS_CODE,
  RULE_HEADER_MISSING,
  RULE_HEADER_TOO_LONG,
  RULE_HEADER_TWICE,
  RULE_HEADER_VALUE,
  RULE_LENGTH_TOO_SMALL,
  RULE_NETSTRING_COMMA,
  RULE_NETSTRING_LENGTH,
  RULE_SLIP_ESCAPE,
  RULE_VARINT_OVERLONG,
  RULE_VARINT_TOO_WIDE,
} from "../assembly/framing/abi.ts";
import {
  REASON_MESSAGE_INCOMPLETE,
  REASON_MESSAGE_MALFORMED,
  REASON_MESSAGE_TOO_LONG,
  REASON_MESSAGE_UNTERMINATED,
} from "../assembly/reasons.ts";
import { onDemand } from "../host/on-demand.ts";
import type { Framing } from "./framing.ts";

const rules = onDemand(
  (): ReadonlyMap<number, string> =>
    new Map([
      [RULE_LENGTH_TOO_SMALL, "the announced frame is shorter than its own header"],
      [RULE_VARINT_OVERLONG, "the varint is overlong"],
      [RULE_VARINT_TOO_WIDE, "the varint is longer than 64 bits"],
      [RULE_NETSTRING_LENGTH, "a length in decimal digits and a colon are missing"],
      [RULE_NETSTRING_COMMA, "the comma at the end is missing"],
      [RULE_SLIP_ESCAPE, "ESC is not followed by ESC_END or ESC_ESC"],
      [RULE_COBS_CODE, "a code points past the end of the frame"],
      [RULE_HEADER_TOO_LONG, `the header section is longer than ${HEADER_BYTES_MAX} bytes`],
      [RULE_HEADER_MISSING, "a header line has no colon, or none is Content-Length"],
      [RULE_HEADER_TWICE, "Content-Length is there twice"],
      [RULE_HEADER_VALUE, "Content-Length is not a decimal number"],
    ]),
);

/** The `code` of a FramingError. */
export type FramingErrorCode =
  | "ERR_MESSAGE_TOO_LONG"
  | "ERR_MESSAGE_UNTERMINATED"
  | "ERR_MESSAGE_MALFORMED"
  | "ERR_MESSAGE_INCOMPLETE";

/** Why what came is no message: the `cause` of a TCPSocketError. */
export class FramingError extends Error {
  override readonly name = "FramingError";
  readonly code: FramingErrorCode;
  /** The framing's type, such as `"lengthPrefixed"`. */
  readonly framing: string;
  /** Too long: bytes the header announces. Incomplete: bytes missing, if known. */
  readonly bytes: number | undefined;
  /** The limit, maxMessageBytes. */
  readonly limit: number;

  /** @param detail what the core says about the reason (docs/abi.md) */
  constructor(framing: Framing, reason: number, detail: number) {
    const limit = limitOf(framing);
    const [code, text] = told(reason, detail, limit);
    super(`framing.${framing.type}: ${text}`);
    this.code = code;
    this.framing = framing.type;
    this.limit = limit;
    this.bytes = reason === REASON_MESSAGE_MALFORMED || detail === 0 ? undefined : detail;
  }
}

function told(reason: number, detail: number, limit: number): [FramingErrorCode, string] {
  switch (reason) {
    case REASON_MESSAGE_TOO_LONG:
      return [
        "ERR_MESSAGE_TOO_LONG",
        `a message of ${detail} bytes is announced; maxMessageBytes is ${limit}`,
      ];
    case REASON_MESSAGE_UNTERMINATED:
      return ["ERR_MESSAGE_UNTERMINATED", `no end of the message within ${limit} bytes`];
    case REASON_MESSAGE_INCOMPLETE: {
      const missing = detail === 0 ? "its end is" : `${detail} bytes are`;
      return ["ERR_MESSAGE_INCOMPLETE", `the peer ended within a message; ${missing} missing`];
    }
    default:
      return ["ERR_MESSAGE_MALFORMED", rules().get(detail) ?? "what came is no message"];
  }
}

/** The cause of a failure that a framing found; undefined for all others. */
export function framingFailure(
  framing: Framing | null,
  reason: number,
  detail: number,
): FramingError | undefined {
  if (framing === null || reason < REASON_MESSAGE_TOO_LONG) return undefined;
  return reason > REASON_MESSAGE_INCOMPLETE ? undefined : new FramingError(framing, reason, detail);
}

/** Why a payload of `length` bytes is no message; undefined if the core's refusal is another. */
export function refusedMessage(
  framing: Framing | null,
  result: number,
  length: number,
): RangeError | undefined {
  if (framing === null) return undefined;
  const text = refusal(framing, result, length);
  return text === undefined
    ? undefined
    : new RangeError(`send(): framing.${framing.type}: ${text}`);
}

function refusal(framing: Framing, result: number, length: number): string | undefined {
  switch (result) {
    case E_MESSAGE_SIZE: {
      const allowed = framing.type === "fixed" ? "exactly" : "at most";
      return `${length} bytes came; ${allowed} ${limitOf(framing)} are allowed`;
    }
    case E_MESSAGE_WIDTH:
      return `the length of ${length} bytes does not fit the length field`;
    case E_MESSAGE_DELIMITER:
      return (framing as { keep?: boolean }).keep === true
        ? "a message ends with a delimiter and has no other"
        : "the message contains a delimiter";
    case E_MESSAGE_HEADER:
      return `${length} bytes came; the header the message must bring is longer`;
    case E_MESSAGE_EMPTY:
      return "an empty message cannot be told from none";
    default:
      return undefined;
  }
}

function limitOf(framing: Framing): number {
  return framing.type === "fixed" ? framing.size : framing.maxMessageBytes;
}

import { describe, expect, test } from "vitest";
import * as framingAbi from "../../assembly/framing/abi.ts";
import {
  REASON_ENGINE_MEMORY,
  REASON_MESSAGE_INCOMPLETE,
  REASON_MESSAGE_MALFORMED,
  REASON_MESSAGE_TOO_LONG,
  REASON_MESSAGE_UNTERMINATED,
  REASON_RESET,
} from "../../assembly/reasons.ts";
import { framing } from "../../bindings/framing.ts";
import { FramingError, framingFailure, refusedMessage } from "../../bindings/framing-errors.ts";

const LINES = framing.lines({ maxMessageBytes: 7 });

function numbers(prefix: string): [string, number][] {
  const all = Object.entries(framingAbi) as [string, number][];
  return all.filter(([name]) => name.startsWith(prefix));
}

describe("FramingError", () => {
  test("too long: what is announced, and the limit", () => {
    const error = new FramingError(framing.lengthPrefixed(), REASON_MESSAGE_TOO_LONG, 2 ** 32 - 1);
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message }).toEqual({
      name: "FramingError",
      code: "ERR_MESSAGE_TOO_LONG",
      framing: "lengthPrefixed",
      bytes: 4294967295,
      limit: 1048576,
      message:
        "framing.lengthPrefixed: a message of 4294967295 bytes is announced; maxMessageBytes is 1048576",
    });
  });

  test("no end within the limit", () => {
    const { code, bytes, limit, message } = new FramingError(LINES, REASON_MESSAGE_UNTERMINATED, 0);
    expect([code, bytes, limit]).toEqual(["ERR_MESSAGE_UNTERMINATED", undefined, 7]);
    expect(message).toBe("framing.lines: no end of the message within 7 bytes");
  });

  test("incomplete, with and without knowing how much is missing", () => {
    const known = new FramingError(framing.fixed(9), REASON_MESSAGE_INCOMPLETE, 4);
    expect([known.code, known.bytes, known.limit]).toEqual(["ERR_MESSAGE_INCOMPLETE", 4, 9]);
    expect(known.message).toBe(
      "framing.fixed: the peer ended within a message; 4 bytes are missing",
    );
    const unknown = new FramingError(LINES, REASON_MESSAGE_INCOMPLETE, 0);
    expect(unknown.bytes).toBeUndefined();
    expect(unknown.message).toContain("its end is missing");
  });

  test("malformed: each rule has words of its own, and no count", () => {
    const rules = numbers("RULE_");
    const messages = rules.map(([, rule]) => {
      const error = new FramingError(LINES, REASON_MESSAGE_MALFORMED, rule);
      expect([error.code, error.bytes]).toEqual(["ERR_MESSAGE_MALFORMED", undefined]);
      return error.message;
    });
    expect(rules.length).toBeGreaterThan(5);
    expect(new Set(messages).size).toBe(rules.length);
    const other = new FramingError(LINES, REASON_MESSAGE_MALFORMED, 0);
    expect(messages).not.toContain(other.message);
  });
});

describe("framingFailure", () => {
  test("is the cause of a framing's failures only", () => {
    for (const reason of [
      REASON_MESSAGE_TOO_LONG,
      REASON_MESSAGE_UNTERMINATED,
      REASON_MESSAGE_MALFORMED,
      REASON_MESSAGE_INCOMPLETE,
    ]) {
      expect(framingFailure(LINES, reason, 1)).toBeInstanceOf(FramingError);
      expect(framingFailure(null, reason, 1)).toBeUndefined();
    }
    for (const reason of [REASON_RESET, REASON_ENGINE_MEMORY, REASON_MESSAGE_INCOMPLETE + 1]) {
      expect(framingFailure(LINES, reason, 1)).toBeUndefined();
    }
  });
});

describe("refusedMessage", () => {
  test("each of the core's refusals has words that begin with the framing", () => {
    const refusals = numbers("E_MESSAGE_");
    expect(refusals).toHaveLength(5);
    for (const [name, result] of refusals) {
      const error = refusedMessage(LINES, result, 12);
      expect(error, name).toBeInstanceOf(RangeError);
      expect(error?.message).toMatch(/^send\(\): framing\.lines: \S/);
      expect(refusedMessage(null, result, 12)).toBeUndefined();
    }
    for (const result of [1, 0, -1, -3, -6, -63, -69]) {
      expect(refusedMessage(LINES, result, 12)).toBeUndefined();
    }
  });

  test("sizes: what came, and what is allowed", () => {
    const { E_MESSAGE_SIZE, E_MESSAGE_DELIMITER } = framingAbi;
    expect(refusedMessage(LINES, E_MESSAGE_SIZE, 8)?.message).toContain(
      "8 bytes came; at most 7 are",
    );
    expect(refusedMessage(framing.fixed(3), E_MESSAGE_SIZE, 2)?.message).toContain(
      "2 bytes came; exactly 3 are",
    );
    const kept = framing.lines({ keep: true });
    expect(refusedMessage(kept, E_MESSAGE_DELIMITER, 2)?.message).toContain(
      "ends with a delimiter",
    );
    expect(refusedMessage(LINES, E_MESSAGE_DELIMITER, 2)?.message).toContain(
      "contains a delimiter",
    );
  });
});

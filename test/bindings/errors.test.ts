/** The table from reasons to Mozilla's names, classes and numbers, whole, and what an error says. */
import { describe, expect, test } from "vitest";
import * as reasons from "../../assembly/reasons.ts";
import { TCPSocketError } from "../../bindings/errors.ts";
import { errorEvent } from "../../bindings/events.ts";

const REFUSED = ["ConnectionRefusedError", "Network", 0x804b000d];
const TIMED_OUT = ["NetworkTimeoutError", "Network", 0x804b000e];
const NOT_FOUND = ["DomainNotFoundError", "Network", 0x804b001e];
const INTERRUPTED = ["NetworkInterruptError", "Network", 0x804b0047];
const BROKEN = ["NetworkError", "Network", 0x804b0014];
const ADDRESS = ["NetworkError", "Network", 0x804b0036];

const TABLE: readonly [number, unknown[]][] = [
  [reasons.REASON_REFUSED, REFUSED],
  [reasons.REASON_TIMED_OUT, TIMED_OUT],
  [reasons.REASON_CONNECT_TIMEOUT, TIMED_OUT],
  [reasons.REASON_IDLE_TIMEOUT, TIMED_OUT],
  [reasons.REASON_NOT_FOUND, NOT_FOUND],
  [reasons.REASON_INTERRUPTED, INTERRUPTED],
  [reasons.REASON_RESET, BROKEN],
  [reasons.REASON_NETWORK, BROKEN],
  [reasons.REASON_ENGINE_MEMORY, BROKEN],
  [reasons.REASON_ENGINE_FAILED, BROKEN],
  [reasons.REASON_ADDRESS, ADDRESS],
  [987_654, BROKEN],
];

describe("TCPSocketError", () => {
  test.each(TABLE)("M53 M54 M59: reason %i: name, class and number", (reason, expected) => {
    const error = new TCPSocketError(reason);
    expect([error.name, error.errorClass, error.errorCode]).toEqual(expected);
    const { name, message, errorCode, data } = errorEvent(error);
    expect([name, message, errorCode]).toEqual(expected);
    expect(data).toEqual({ name, message });
  });

  test("M61: message is for people: what happened, the system's words, where to read on", () => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const error = new TCPSocketError(reasons.REASON_RESET, cause);
    expect(error.message).toBe(
      "the peer reset the connection: read ECONNRESET (docs/errors.md#networkerror)",
    );
    expect(String(error)).toBe(`NetworkError: ${error.message}`);
    expect([error.cause, error.code]).toEqual([cause, "ECONNRESET"]);
    expect(error).toBeInstanceOf(Error);
  });

  test.each([undefined, null, "text", {}, { code: 5 }, new Error("")])(
    "without a system's error (%s) it still says what happened",
    (cause) => {
      const error = new TCPSocketError(reasons.REASON_IDLE_TIMEOUT, cause);
      expect(error.message).toBe(
        "no byte passed for idleTimeout (docs/errors.md#networktimeouterror)",
      );
      expect(error.code).toBe("NetworkTimeoutError");
      expect("cause" in error).toBe(cause !== undefined);
    },
  );
});

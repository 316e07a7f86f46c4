import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { BUILDS, type CoreRecord, Embedder, pattern } from "../support/embedder.ts";

const text = (chars: string): Uint8Array => Buffer.from(chars, "latin1");
const why = (records: CoreRecord[]): unknown => {
  const error = records.find(({ kind }) => kind === "error");
  return error && [error.a, error.b];
};

describe.each(BUILDS)("upgrades of %s", (build) => {
  test("M104: what was sent before leaves first, what was sent after only behind the handshake", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, text("plain"));
    expect(core.call.upgrade(handle)).toBe(0);
    core.send(handle, text("secret"));
    expect(core.call.buffered_amount(handle)).toBe(11);
    expect(core.kinds()).toEqual(["flush", "pause"]);
    core.call.gather(handle);
    expect(core.control(abi.CONTROL_LENGTH)).toBe(5);
    core.call.sent(handle, 2);
    expect(core.kinds()).toEqual([]);
    core.call.sent(handle, 3);
    expect(core.kinds()).toEqual(["secure"]);
    expect(core.kinds()).toEqual([]);
    core.call.secured(handle);
    expect(new Set(core.kinds())).toEqual(new Set(["flush", "resume", "secure"]));
    core.call.gather(handle);
    expect(core.control(abi.CONTROL_LENGTH)).toBe(6);
  });

  test("with nothing sent the handshake begins at once, and the second upgrade is none", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    expect(core.call.upgrade(handle)).toBe(0);
    expect(core.call.upgrade(handle)).toBe(1);
    expect(core.kinds(0)).toEqual(["pause", "secure"]);
    core.call.secured(handle);
    core.drain();
    expect(core.call.upgrade(handle)).toBe(1);
    expect(core.kinds()).toEqual([]);
  });

  test("external segments split at the same place", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.send_external(handle, 100);
    core.call.upgrade(handle);
    core.call.send_external(handle, 50);
    core.drain();
    core.call.gather(handle);
    expect(core.control(abi.CONTROL_LENGTH)).toBe(100);
    core.call.sent(handle, 100);
    expect(core.kinds()).toEqual(["secure"]);
    expect(core.call.buffered_amount(handle)).toBe(50);
  });

  test("M102: misuse changes nothing", () => {
    const core = new Embedder(build);
    const connecting = core.open();
    expect(core.call.upgrade(connecting)).toBe(abi.E_STATE);
    const listener = core.open(abi.ROLE_LISTENER);
    core.call.connected(listener);
    expect(core.call.upgrade(listener)).toBe(abi.E_STATE);
    const half = core.opened();
    core.call.half_close(half);
    expect(core.call.upgrade(half)).toBe(abi.E_STATE);
    const closing = core.opened();
    core.send(closing, pattern(1));
    core.call.close(closing);
    expect(core.call.upgrade(closing)).toBe(abi.E_STATE);
    const secure = core.opened({ [abi.OPEN_FLAGS]: abi.OPEN_FLAG_SECURE });
    expect(core.call.upgrade(secure)).toBe(1);
    expect(core.call.secured(secure)).toBe(abi.E_STATE);
    expect(core.call.upgrade(0)).toBe(abi.E_STALE);
  });

  test("M106: close() lets the upgrade happen, transmits what waits behind it, then ends", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.upgrade(handle);
    core.send(handle, text("bye"));
    core.call.close(handle);
    expect(core.kinds()).toEqual(["pause", "secure"]);
    core.call.secured(handle);
    expect(new Set(core.kinds())).toEqual(new Set(["flush", "resume", "secure"]));
    core.transmit(handle);
    expect(core.kinds()).toEqual(["finish", "close"]);
  });

  test("closeImmediately() in front of the handshake ends as ever, within it at once", () => {
    const core = new Embedder(build);
    const before = core.opened();
    core.send(before, text("x"));
    core.call.upgrade(before);
    core.drain();
    core.call.abort(before);
    expect(core.kinds()).toEqual(["finish", "resume", "close"]);
    const within = core.opened();
    core.call.upgrade(within);
    core.drain();
    core.call.abort(within);
    expect(core.kinds()).toEqual(["destroy", "close"]);
    core.call.secured(within);
    expect(core.kinds()).toEqual([]);
  });

  test("after the failure closeImmediately() changes nothing, and a verdict that comes late neither", () => {
    const core = new Embedder(build);
    const failed = core.opened();
    core.call.upgrade(failed);
    core.receive(failed, text("evil"));
    expect(core.poll().at(-1)?.kind).toBe("error");
    core.call.abort(failed);
    expect(core.kinds()).toEqual(["destroy", "close"]);
    const aborted = core.opened();
    core.call.upgrade(aborted);
    core.drain();
    core.call.abort(aborted);
    expect(core.call.secured(aborted)).toBe(0);
    expect(core.kinds()).not.toContain("secure");
  });

  test("a FIN, a failure and a lost transport within the handshake are errors", () => {
    for (const [report, reason] of [
      ["ended", reasons.REASON_INTERRUPTED],
      ["closed", reasons.REASON_INTERRUPTED],
      ["failed", reasons.REASON_TLS],
    ] as const) {
      const core = new Embedder(build);
      const handle = core.opened();
      core.call.upgrade(handle);
      core.drain();
      core.call[report](handle, reasons.REASON_TLS);
      expect(why(core.drain())).toEqual([reason, 0]);
    }
  });

  test("M110: suspends count on", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.suspend(handle);
    core.call.upgrade(handle);
    core.drain();
    core.call.secured(handle);
    expect(core.kinds()).toEqual(["secure"]);
    core.call.resume(handle);
    expect(core.kinds()).toEqual(["resume"]);
  });
});

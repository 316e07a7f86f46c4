import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { framing } from "../../bindings/framing.ts";
import { BUILDS, type CoreRecord, Embedder } from "../support/embedder.ts";

const text = (chars: string): Uint8Array => Buffer.from(chars, "latin1");
const why = (records: CoreRecord[]): unknown => {
  const error = records.find(({ kind }) => kind === "error");
  return error && [error.a, error.b];
};

describe.each(BUILDS)("M107: plaintext in front of an upgrade of %s", (build) => {
  function lines(input: string): { core: Embedder; handle: number; batch: CoreRecord } {
    const core = new Embedder(build);
    const handle = core.opened();
    core.setFraming(handle, framing.lines({ maxMessageBytes: 1000 }));
    core.receive(handle, text(input));
    const [batch] = core.poll().filter(({ kind }) => kind === "messages");
    return { core, handle, batch: batch as CoreRecord };
  }

  test("nothing is left: it may begin", () => {
    const { core, handle } = lines("220 go\r\n");
    core.call.upgrade(handle);
    expect(core.kinds()).toEqual(["pause", "secure"]);
  });

  test("a later message of the same read fails it, and is not delivered", () => {
    const { core, handle } = lines("220 go\r\n250 evil\r\n");
    core.call.upgrade(handle);
    expect(core.control(abi.CONTROL_INTERRUPTED)).toBe(1);
    core.call.delivered(handle, 1);
    const records = core.drain();
    expect(why(records)).toEqual([reasons.REASON_PLAINTEXT_LEFT, 10]);
    expect(records.map(({ kind }) => kind)).not.toContain("messages");
    expect(records.map(({ kind }) => kind)).not.toContain("secure");
  });

  test("a part of a message fails it", () => {
    const { core, handle } = lines("220 go\r\n2");
    core.call.upgrade(handle);
    core.call.delivered(handle, 1);
    expect(why(core.drain())).toEqual([reasons.REASON_PLAINTEXT_LEFT, 1]);
  });

  test("a batch of several fails it unless the app says how many were its own", () => {
    const silent = lines("1\r\n2\r\n3\r\n");
    silent.core.call.upgrade(silent.handle);
    expect(why(silent.core.drain())).toEqual([reasons.REASON_BATCH_UNSETTLED, 3]);
    const whole = lines("1\r\n2\r\n3\r\n");
    whole.core.call.upgrade(whole.handle);
    whole.core.call.delivered(whole.handle, 3);
    expect(whole.core.kinds()).toEqual(["pause", "secure"]);
  });

  test("what another framing, a suspend or a close does in the same handler changes nothing", () => {
    for (const also of ["set_framing", "suspend", "half_close"] as const) {
      const { core, handle } = lines("220 go\r\n250 evil\r\n");
      core.call.upgrade(handle);
      core.call[also](handle, 0);
      core.call.delivered(handle, 1);
      expect(why(core.drain())).toEqual([reasons.REASON_PLAINTEXT_LEFT, 10]);
    }
  });

  test("what is held fails it at once", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.suspend(handle);
    core.drain();
    core.receive(handle, text("evil"));
    core.drain();
    core.call.upgrade(handle);
    expect(why(core.drain())).toEqual([reasons.REASON_PLAINTEXT_LEFT, 4]);
  });

  test("what comes before the handshake, or within it, fails it", () => {
    for (const first of ["x", ""]) {
      const core = new Embedder(build);
      const handle = core.opened();
      core.send(handle, text(first));
      core.call.upgrade(handle);
      core.drain();
      core.receive(handle, text("evil"));
      const records = core.drain();
      expect(why(records)).toEqual([reasons.REASON_PLAINTEXT_LEFT, 4]);
      expect(records.map(({ kind }) => kind)).not.toContain("data");
    }
  });

  test("unframed, bytes of the same event are the app's to check", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.receive(handle, text("220 go\r\n250 evil\r\n"));
    expect(core.poll().map(({ kind }) => kind)).toEqual(["data"]);
    core.call.upgrade(handle);
    expect(core.kinds()).toEqual(["pause", "secure"]);
  });

  test("nothing of it stays in the window when the handshake begins", () => {
    const { core, handle } = lines("220 go ahead\r\n");
    core.call.upgrade(handle);
    core.drain();
    expect(Buffer.from(core.bytes).includes("go ahead")).toBe(false);
  });
});

describe.each(BUILDS)("M107: plaintext that nobody took, of %s", (build) => {
  test("fails an upgrade, until somebody takes what follows", () => {
    const core = new Embedder(build);
    const [refused, allowed] = [core.opened(), core.opened()];
    for (const handle of [refused, allowed]) {
      core.receive(handle, text("dropped"));
      core.poll();
      expect(core.call.delivered(handle, 0)).toBe(0);
      core.drain();
    }
    core.call.upgrade(refused);
    expect(why(core.drain())).toEqual([reasons.REASON_PLAINTEXT_LEFT, 0]);
    core.receive(allowed, text("taken"));
    core.drain();
    core.call.upgrade(allowed);
    expect(core.kinds()).toEqual(["pause", "secure"]);
  });
});

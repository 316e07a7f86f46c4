import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { BUILDS, Embedder, pattern } from "../support/embedder.ts";

const EVENTS = ["open", "data", "messages", "drain", "end", "error", "close", "connect"];

describe.each(BUILDS)("a turn of %s", (build) => {
  test("announces one event at a time, in the state it announces", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(60_000));
    core.send(handle, pattern(60_000));
    core.drain();
    core.transmit(handle);
    core.call.ended(handle);
    const states: [string, number][] = [];
    for (let records = core.poll(); records.length > 0; records = core.poll()) {
      const events = records.filter(({ kind }) => EVENTS.includes(kind));
      expect(events.length).toBeLessThanOrEqual(1);
      for (const { kind } of events) states.push([kind, core.call.ready_state(handle)]);
    }
    expect(states).toEqual([
      ["drain", abi.OPEN],
      ["close", abi.CLOSED],
    ]);
  });

  test("M84: send() in the drain handler of an ended socket is still flushed before close", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(40_000));
    core.send(handle, pattern(40_000));
    core.drain();
    core.call.ended(handle);
    core.drain();
    core.transmit(handle);
    expect(core.poll().map(({ kind }) => kind)).toContain("drain");
    core.send(handle, pattern(7, 5));
    expect(core.kinds()).toEqual(["flush"]);
    expect(core.transmit(handle)).toEqual(Buffer.from(pattern(7, 5)));
    expect(core.kinds()).toEqual(["finish", "close", "destroy"]);
  });

  test("orders one flush of what is sent behind the peer's FIN, though its end is no event", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.ended(handle);
    core.send(handle, pattern(4));
    expect(core.poll().map(({ kind }) => kind)).toEqual(["flush"]);
    expect(core.transmit(handle)).toEqual(Buffer.from(pattern(4)));
    expect(core.kinds()).toEqual(["finish", "close", "destroy"]);
  });

  test("keeps events for a full turn when only orders are asked for", () => {
    const core = new Embedder(build);
    const [closing, sending] = [core.opened(), core.opened()] as const;
    core.call.close(closing);
    core.send(sending, pattern(10));
    expect(core.kinds(0)).toEqual(["finish", "flush"]);
    expect(core.control(abi.CONTROL_DEFERRED)).toBe(1);
    expect(core.call.ready_state(closing)).toBe(abi.CLOSING);
    expect(core.kinds(0)).toEqual([]);
    expect(core.kinds(1)).toContain("close");
    expect(core.control(abi.CONTROL_DEFERRED)).toBe(0);
  });

  test("M46: error, then close, and nothing after", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.send(handle, pattern(100_000 - 40_000));
    core.send(handle, pattern(40_000));
    core.drain();
    core.gather(handle);
    core.call.failed(handle, reasons.REASON_RESET);
    core.call.failed(handle, reasons.REASON_REFUSED);
    expect(core.kinds()).toEqual(["error", "destroy", "close"]);
    expect(core.call.buffered_amount(handle)).toBe(0);
    core.call.sent(handle, 1);
    core.call.ended(handle);
    core.call.failed(handle, reasons.REASON_RESET);
    expect(core.kinds()).toEqual([]);
    core.call.closed(handle);
    expect(core.kinds()).toEqual(["released"]);
  });

  test("says everything even when far more sockets speak than there are records", () => {
    const core = new Embedder(build, [16 << 20, 2000, abi.WINDOW_BYTES_MIN]);
    const handles = Array.from({ length: 2000 }, () => core.open());
    for (const handle of handles) core.call.connected(handle);
    const opened = core.drain().filter(({ kind }) => kind === "open");
    expect(opened.map(({ socket }) => socket)).toEqual(handles);
    for (const handle of handles) core.send(handle, pattern(10));
    const flushed = core.drain(0);
    expect(flushed.map(({ socket }) => socket)).toEqual(handles);
  });

  test("M30: a connection that comes up after close() stays closed", () => {
    const core = new Embedder(build);
    const handle = core.open();
    core.call.close(handle);
    expect(core.call.ready_state(handle)).toBe(abi.CLOSING);
    expect(core.call.connected(handle)).toBe(0);
    expect(core.kinds()).toEqual(["destroy", "close"]);
    core.call.failed(handle, reasons.REASON_REFUSED);
    core.call.closed(handle);
    expect(core.kinds()).toEqual(["released"]);
  });

  test("M30: close() between the host's report and the event: no open", () => {
    const core = new Embedder(build);
    const handle = core.open();
    core.call.connected(handle);
    core.call.close(handle);
    expect(core.kinds()).toEqual(["finish", "close"]);
    core.call.ended(handle);
    expect(core.kinds()).toEqual(["destroy"]);
    core.call.closed(handle);
    expect(core.kinds()).toEqual(["released"]);
  });

  test("halfClose() while connecting takes effect once open", () => {
    const core = new Embedder(build);
    const handle = core.open();
    core.call.half_close(handle);
    core.call.connected(handle);
    expect(core.kinds()).toEqual(["open", "finish"]);
    expect(core.call.ready_state(handle)).toBe(abi.OPEN);
    expect(core.call.reserve(handle, 1)).toBe(abi.E_STATE);
    expect(core.deliver(handle, pattern(9))).toEqual(Buffer.from(pattern(9)));
    core.call.ended(handle);
    expect(core.kinds()).toEqual(["close", "destroy"]);
  });

  test("allowHalfOpen: `end`, then ours as long as we like", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_FLAGS]: abi.OPEN_FLAG_HALF_OPEN });
    core.call.ended(handle);
    expect(core.kinds()).toEqual(["end"]);
    core.send(handle, pattern(5));
    expect(core.kinds()).toEqual(["flush"]);
    core.transmit(handle);
    expect(core.kinds()).toEqual([]);
    core.call.half_close(handle);
    expect(core.kinds()).toEqual(["finish", "close", "destroy"]);
  });

  test("a transport that goes behind the peer's FIN ends a half-open socket, with an error", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_FLAGS]: abi.OPEN_FLAG_HALF_OPEN });
    core.call.ended(handle);
    expect(core.kinds()).toEqual(["end"]);
    core.call.closed(handle);
    expect(core.kinds()).toEqual(["error", "close", "released"]);
  });

  test("a suspended socket whose transport is gone takes no sends, and closes once resumed", () => {
    for (const flags of [0, abi.OPEN_FLAG_HALF_OPEN]) {
      const core = new Embedder(build);
      const handle = core.opened({ [abi.OPEN_FLAGS]: flags });
      core.call.suspend(handle);
      core.call.ended(handle);
      core.call.closed(handle);
      core.drain();
      expect(core.call.reserve(handle, 1)).toBe(abi.E_STATE);
      expect(core.call.send_external(handle, 5)).toBe(abi.E_STATE);
      core.call.resume(handle);
      expect(core.kinds().slice(-2)).toEqual(["close", "released"]);
    }
  });

  test("input after our FIN is discarded, up to 1 MiB", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.close(handle);
    core.drain();
    for (let bytes = 0; bytes < abi.DISCARD_BYTES_MAX; bytes += abi.WINDOW_BYTES_MIN) {
      expect(core.receive(handle, pattern(abi.WINDOW_BYTES_MIN))).toBe(0);
      expect(core.kinds()).toEqual([]);
    }
    core.receive(handle, pattern(1));
    expect(core.kinds()).toEqual(["destroy"]);
  });
});

describe.each(BUILDS)("a listener of %s", (build) => {
  function listening(core: Embedder, options: Record<number, number> = {}): number {
    const listener = core.open(abi.ROLE_LISTENER, options);
    core.call.connected(listener);
    core.drain();
    return listener;
  }

  test("M94, M118: announces connections in order, and their data only afterwards", () => {
    const core = new Embedder(build);
    const listener = listening(core);
    const accepted = [1, 2, 3].map(() => core.open(abi.ROLE_ACCEPTED, {}, listener));
    core.receive(accepted[0] as number, pattern(4)); // a host that could not pause
    const records = core.drain();
    const connects = records.filter(({ kind }) => kind === "connect");
    expect(connects.map(({ socket }) => socket)).toEqual(accepted);
    expect(connects.every(({ a }) => a === listener)).toBe(true);
    const kinds = records.filter(({ socket }) => socket === accepted[0]).map(({ kind }) => kind);
    expect(kinds).toEqual(["connect", "data", "resume"]);
  });

  test("maxConnections refuses, and counts again when one is gone", () => {
    const core = new Embedder(build);
    const listener = listening(core, { [abi.OPEN_CONNECTIONS_MAX]: 1 });
    const first = core.open(abi.ROLE_ACCEPTED, {}, listener);
    expect(core.open(abi.ROLE_ACCEPTED, {}, listener)).toBe(abi.E_LIMIT);
    expect(core.control(abi.CONTROL_REFUSED)).toBe(1);
    core.drain();
    core.finish(first);
    expect(core.open(abi.ROLE_ACCEPTED, {}, listener)).toBeGreaterThan(0);
  });

  test("M122: what is not announced when it closes never is", () => {
    const core = new Embedder(build);
    const listener = listening(core);
    const accepted = core.open(abi.ROLE_ACCEPTED, {}, listener);
    core.call.close(listener);
    const records = core.drain();
    expect(records.map(({ kind }) => kind)).not.toContain("connect");
    const orders = records.filter(({ socket }) => socket === accepted).map(({ kind }) => kind);
    expect(orders).toEqual(["destroy"]);
    core.call.closed(accepted);
    core.call.closed(listener);
    expect(core.drain().filter(({ kind }) => kind === "released")).toHaveLength(2);
    expect(core.control(abi.CONTROL_SOCKETS)).toBe(0);
  });

  test("M119: accepted sockets live on when it has closed", () => {
    const core = new Embedder(build);
    const listener = listening(core);
    const accepted = core.open(abi.ROLE_ACCEPTED, {}, listener);
    core.drain();
    core.call.close(listener);
    core.drain();
    core.call.closed(listener);
    core.drain();
    expect(core.open(abi.ROLE_ACCEPTED, {}, listener)).toBe(abi.E_STALE);
    expect(core.deliver(accepted, pattern(6))).toEqual(Buffer.from(pattern(6)));
    core.finish(accepted);
    expect(core.control(abi.CONTROL_SOCKETS)).toBe(0);
  });
});

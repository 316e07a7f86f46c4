import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { BUILDS, type CoreRecord, Embedder, pattern } from "../support/embedder.ts";

function timers(records: CoreRecord[]): [number, number][] {
  return records.filter(({ kind }) => kind === "timer").map(({ a, b }) => [a, b]);
}

describe.each(BUILDS)("deadlines of %s", (build) => {
  test("connectTimeout is ordered at once and disarmed by open", () => {
    const core = new Embedder(build);
    const handle = core.open(abi.ROLE_CLIENT, { [abi.OPEN_CONNECT_TIMEOUT]: 3000 });
    expect(timers(core.drain())).toEqual([[abi.TIMER_CONNECT, 3000]]);
    core.call.connected(handle);
    expect(timers(core.drain())).toEqual([[abi.TIMER_NONE, 0]]);
    core.call.expired(handle, abi.TIMER_CONNECT);
    expect(core.kinds()).toEqual([]);
  });

  test("a connection that takes too long fails, once", () => {
    const core = new Embedder(build);
    const handle = core.open(abi.ROLE_CLIENT, { [abi.OPEN_CONNECT_TIMEOUT]: 3000 });
    core.drain();
    core.call.expired(handle, abi.TIMER_CONNECT);
    const records = core.drain();
    expect(records.map(({ kind }) => kind)).toEqual(["error", "destroy", "close"]);
    expect(records[0]?.a).toBe(reasons.REASON_CONNECT_TIMEOUT);
  });

  test("idleTimeout passes after four quiet quarters, and bytes either way begin it anew", () => {
    const core = new Embedder(build);
    const handle = core.open(abi.ROLE_CLIENT, { [abi.OPEN_IDLE_TIMEOUT]: 1000 });
    core.call.connected(handle);
    expect(timers(core.drain())).toEqual([[abi.TIMER_IDLE, 250]]);
    const quarter = (): string[] => {
      core.call.expired(handle, abi.TIMER_IDLE);
      return core.kinds();
    };
    for (let i = 0; i < 3; i++) expect(quarter()).toEqual([]);
    core.deliver(handle, pattern(1));
    for (let i = 0; i < 4; i++) expect(quarter()).toEqual([]);
    core.send(handle, pattern(1));
    core.drain();
    core.transmit(handle);
    for (let i = 0; i < 4; i++) expect(quarter()).toEqual([]);
    expect(quarter()).toEqual(["error", "destroy", "close"]);
  });

  test("a quarter with a suspend in it does not count, and takes back none that did", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_IDLE_TIMEOUT]: 1000 });
    const quarter = (): string[] => {
      core.call.expired(handle, abi.TIMER_IDLE);
      return core.kinds();
    };
    for (let i = 0; i < 3; i++) expect(quarter()).toEqual([]);
    core.call.suspend(handle);
    core.call.resume(handle);
    expect(quarter()).toEqual([]);
    expect(quarter()).toEqual(["error", "destroy", "close"]);
  });

  test("a listener's idleTimeout is its sockets', not its own", () => {
    const core = new Embedder(build);
    const idle = { [abi.OPEN_IDLE_TIMEOUT]: 1000 };
    const listener = core.open(abi.ROLE_LISTENER, idle);
    core.call.connected(listener);
    expect(timers(core.drain())).toEqual([]);
    core.open(abi.ROLE_ACCEPTED, idle, listener);
    expect(timers(core.drain())).toEqual([[abi.TIMER_IDLE, 250]]);
  });

  test("a handshake that is done begins the idle time anew", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_IDLE_TIMEOUT]: 1000 });
    const quarter = (): string[] => {
      core.call.expired(handle, abi.TIMER_IDLE);
      return core.kinds();
    };
    core.call.upgrade(handle);
    core.drain();
    for (let i = 0; i < 3; i++) expect(quarter()).toEqual([]);
    core.call.secured(handle);
    core.drain();
    for (let i = 0; i < 4; i++) expect(quarter()).toEqual([]);
    expect(quarter()).toContain("error");
  });

  test("idleTimeout does not run while suspended", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_IDLE_TIMEOUT]: 1000 });
    core.call.suspend(handle);
    core.drain();
    for (let i = 0; i < 20; i++) {
      core.call.expired(handle, abi.TIMER_IDLE);
      expect(core.kinds()).toEqual([]);
    }
  });

  test("idleTimeout does not run while an unclaimed socket holds its first read", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_IDLE_TIMEOUT]: 1000 });
    core.call.claim(handle, 0);
    core.receive(handle, pattern(10));
    core.drain();
    for (let i = 0; i < 20; i++) {
      core.call.expired(handle, abi.TIMER_IDLE);
      expect(core.kinds()).toEqual([]);
    }
  });

  test("after our FIN the peer has 500 ms for its own", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    core.call.close(handle);
    const records = core.drain();
    expect(records.map(({ kind }) => kind)).toEqual(["finish", "close", "timer"]);
    expect(timers(records)).toEqual([[abi.TIMER_LINGER, 500]]);
    core.call.expired(handle, abi.TIMER_LINGER);
    expect(core.kinds()).toEqual(["destroy"]);
  });

  test("a timer the core did not order means nothing", () => {
    const core = new Embedder(build);
    const handle = core.opened();
    for (let i = 0; i < 5; i++) {
      for (const kind of [0, 1, 2, 3, 4, -1, 99]) core.call.expired(handle, kind);
    }
    expect(core.drain()).toEqual([]);
    expect(core.call.ready_state(handle)).toBe(abi.OPEN);
  });
});

import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import * as reasons from "../../assembly/reasons.ts";
import { BUILDS, Embedder } from "../support/embedder.ts";

const SECURE = {
  [abi.OPEN_FLAGS]: abi.OPEN_FLAG_SECURE,
  [abi.OPEN_HANDSHAKE_TIMEOUT]: 10_000,
};

function listening(build: string, sockets = 32): { core: Embedder; listener: number } {
  const core = new Embedder(build, [16 << 20, sockets, abi.WINDOW_BYTES_MIN]);
  const listener = core.open(abi.ROLE_LISTENER, SECURE);
  core.call.connected(listener);
  core.drain();
  return { core, listener };
}

describe.each(BUILDS)("handshakes of %s", (build) => {
  test("an accepted socket is announced when it is verified, paused until then", () => {
    const { core, listener } = listening(build);
    const handle = core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    expect(core.drain()).toMatchObject([{ kind: "timer", a: abi.TIMER_HANDSHAKE, b: 10_000 }]);
    expect(core.call.ready_state(handle)).toBe(abi.CONNECTING);
    core.call.connected(handle);
    const kinds = core.drain().map(({ kind }) => kind);
    expect(kinds).toEqual(["timer", "connect", "resume"]);
    expect(core.call.ready_state(handle)).toBe(abi.OPEN);
    expect(core.call.upgrade(handle)).toBe(1);
  });

  test("one that fails, or takes too long, goes without a word", () => {
    for (const end of ["failed", "expired", "ended", "closed"] as const) {
      const { core, listener } = listening(build);
      const handle = core.open(abi.ROLE_ACCEPTED, SECURE, listener);
      core.drain();
      const what = end === "expired" ? abi.TIMER_HANDSHAKE : reasons.REASON_TLS;
      core.call[end](handle, what);
      const kinds = core.drain().map(({ kind }) => kind);
      expect(kinds).not.toContain("error");
      expect(kinds).not.toContain("close");
      expect(kinds).not.toContain("connect");
      if (end !== "closed") {
        expect(kinds).toContain("destroy");
        core.call.closed(handle);
        expect(core.kinds()).toEqual(["released"]);
      }
      expect(core.call.ready_state(handle)).toBe(abi.E_STALE);
    }
  });

  test("one whose listener has closed is not announced", () => {
    const { core, listener } = listening(build);
    const handle = core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    core.drain();
    core.call.close(listener);
    expect(core.drain().filter(({ kind }) => kind === "destroy")).toMatchObject([
      { socket: handle },
      { socket: listener },
    ]);
    core.call.connected(handle);
    expect(core.kinds()).toEqual([]);
  });

  test("they count toward maxConnections when they are done", () => {
    const core = new Embedder(build);
    const listener = core.open(abi.ROLE_LISTENER, { ...SECURE, [abi.OPEN_CONNECTIONS_MAX]: 1 });
    core.call.connected(listener);
    const [first = 0, second = 0] = [1, 2].map(() => {
      return core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    });
    core.call.connected(second);
    expect(core.kinds()).toContain("connect");
    expect(core.open(abi.ROLE_ACCEPTED, SECURE, listener)).toBe(abi.E_LIMIT);
    core.call.connected(first);
    const kinds = core.kinds();
    expect(kinds).not.toContain("connect");
    expect(kinds).not.toContain("error");
    expect(kinds).toContain("destroy");
    expect(core.control(abi.CONTROL_REFUSED)).toBe(2);
    core.call.closed(first);
    core.call.failed(second, reasons.REASON_RESET);
    core.drain();
    core.call.closed(second);
    core.drain();
    expect(core.open(abi.ROLE_ACCEPTED, SECURE, listener)).toBeGreaterThan(0);
  });

  test("above HANDSHAKES_MAX the one that began first makes way, of whichever kind", () => {
    const { core, listener } = listening(build, abi.HANDSHAKES_MAX + 8);
    const plain = core.open(abi.ROLE_LISTENER, {});
    core.call.connected(plain);
    core.drain();
    const upgraded = core.open(abi.ROLE_ACCEPTED, {}, plain);
    core.drain();
    core.call.upgrade(upgraded);
    core.drain();
    const [second, third] = Array.from({ length: abi.HANDSHAKES_MAX - 1 }, () => {
      return core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    });
    expect(core.drain().filter(({ kind }) => kind === "error")).toEqual([]);
    core.call.connected(second as number); // leaves the middle of the list
    core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    expect(core.drain().filter(({ kind }) => kind === "error")).toEqual([]);
    core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    const [error] = core.drain().filter(({ kind }) => kind === "error");
    expect(error).toMatchObject({ socket: upgraded, a: reasons.REASON_HANDSHAKE_TIMEOUT });
    core.open(abi.ROLE_ACCEPTED, SECURE, listener);
    core.drain();
    expect(core.call.ready_state(third as number)).toBe(abi.CLOSED);
  });

  test("an upgrade has the same deadline, from what is to be sent in front of it", () => {
    const core = new Embedder(build);
    const handle = core.opened({
      [abi.OPEN_HANDSHAKE_TIMEOUT]: 10_000,
      [abi.OPEN_IDLE_TIMEOUT]: 400,
    });
    core.call.upgrade(handle);
    const [timer] = core.drain().filter(({ kind }) => kind === "timer");
    expect([timer?.a, timer?.b]).toEqual([abi.TIMER_HANDSHAKE, 10_000]);
    core.call.secured(handle);
    const [next] = core.drain().filter(({ kind }) => kind === "timer");
    expect([next?.a, next?.b]).toEqual([abi.TIMER_IDLE, 100]);
  });

  test("without one, idleTimeout counts on, though nothing is read", () => {
    const core = new Embedder(build);
    const handle = core.opened({ [abi.OPEN_IDLE_TIMEOUT]: 400 });
    core.call.upgrade(handle);
    core.drain();
    const quarters = [1, 2, 3, 4].map(() => {
      core.call.expired(handle, abi.TIMER_IDLE);
      return core.kinds().includes("error");
    });
    expect(quarters).toEqual([false, false, false, true]);
  });
});

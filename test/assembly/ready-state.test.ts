import { describe, expect, test } from "vitest";
import * as abi from "../../assembly/abi.ts";
import { BUILDS, Embedder } from "../support/embedder.ts";

const PHASES = [
  ...["free", "connecting", "open", "receiving"],
  ...["sending", "ending", "closing", "closed"],
];
const STEPS = [
  ...["connected", "halfClose", "end", "halfEnd"],
  ...["close", "flushed", "failed", "release"],
];

/** Every allowed step, from semantics M23-M34 and W2; what is not here is not allowed. */
const ALLOWED: Record<string, Record<string, string>> = {
  free: {},
  connecting: {
    connected: "open", // M24
    halfClose: "connecting", // takes effect once open
    close: "closing", // M29
    failed: "closed", // M25
  },
  open: {
    halfClose: "receiving",
    end: "ending", // M92b
    halfEnd: "sending",
    close: "closing", // M26
    failed: "closed", // M28
  },
  receiving: {
    halfClose: "receiving",
    end: "ending",
    halfEnd: "ending",
    close: "closing",
    failed: "closed",
  },
  sending: { halfClose: "ending", close: "closing", failed: "closed" },
  ending: { halfClose: "ending", close: "closing", flushed: "closed", failed: "closed" },
  closing: {
    connected: "closing", // M30
    halfClose: "closing",
    end: "closing",
    halfEnd: "closing",
    close: "closing", // M31
    flushed: "closed", // M27
    failed: "closed",
  },
  closed: {
    halfClose: "closed",
    end: "closed",
    halfEnd: "closed",
    close: "closed", // M31
    failed: "closed", // M33
    release: "free",
  },
};

const READY: Record<string, number> = {
  free: abi.CLOSED,
  connecting: abi.CONNECTING,
  open: abi.OPEN,
  receiving: abi.OPEN,
  sending: abi.OPEN,
  ending: abi.OPEN,
  closing: abi.CLOSING,
  closed: abi.CLOSED,
};

describe.each(BUILDS)("the state table of %s", (build) => {
  const { call } = new Embedder(build);

  test("has exactly the steps that are allowed", () => {
    const found: Record<string, Record<string, string>> = {};
    PHASES.forEach((phase, from) => {
      const row: Record<string, string> = {};
      STEPS.forEach((step, what) => {
        const next = call.next_phase(from, what);
        if (next >= 0) row[step] = PHASES[next] as string;
      });
      found[phase] = row;
    });
    expect(found).toEqual(ALLOWED);
  });

  test("shows each phase as one readyState", () => {
    const found = PHASES.map((phase, index) => [phase, call.ready_state_of(index)]);
    expect(Object.fromEntries(found)).toEqual(READY);
  });

  test("has no cell beyond its edges", () => {
    for (const bad of [-1, 8, 255, 0x7fffffff, -0x80000000]) {
      expect(call.next_phase(bad, 0)).toBe(-1);
      expect(call.next_phase(1, bad)).toBe(-1);
      expect(call.ready_state_of(bad)).toBe(-1);
    }
  });
});

/**
 * The small scope, to a depth that takes seconds: every sequence of calls and reports of one socket,
 * and of two. docs/reliability.md says how much deeper `npm run simulate -- --exhaustive` goes.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explore } from "./exhaustive.ts";
import { expectThrown } from "./simulate.ts";

let restore: () => void;

beforeAll(() => {
  restore = expectThrown();
});

afterAll(() => restore());

describe("small scope", { timeout: 120_000 }, () => {
  test.each([
    [1, 3, 300],
    [2, 2, 250],
  ])(
    "%s sockets, depth %s: more than %s states, all as the model says",
    async (sockets, depth, states) => {
      const explored = await explore(sockets, depth);
      expect(explored.states).toBeGreaterThan(states);
      expect(explored.played).toBeGreaterThan(explored.states);
    },
  );
});

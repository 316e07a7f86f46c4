/**
 * The calls of a core, guarded: a trap means that it has a bug and can no longer be trusted, so from then on each
 * call returns E_TRAPPED and changes nothing.
 */
import { E_TRAPPED } from "../assembly/abi.ts";
import type { Room } from "./room.ts";

/** The exports, each behind what was put into the room. The core imports nothing, so what throws is the core. */
export function guard<Calls extends { commit(handle: number, length: number): number }>(
  raw: Calls,
  room: Room,
  trapped: (error: unknown) => void,
): Calls {
  let dead = false;
  const { commit } = raw;
  const wrap = (call: (a: number, b: number, c: number) => number) => {
    return (a: number, b: number, c: number): number => {
      if (dead) return E_TRAPPED;
      try {
        if (room.pending !== 0) room.settle(commit);
        return call(a, b, c);
      } catch (error) {
        dead = true;
        room.end();
        trapped(error);
        return E_TRAPPED;
      }
    };
  };
  // One loop: with entries() and fromEntries() the first call of each was as dear as the rest.
  const guarded: Record<string, unknown> = {};
  for (const name in raw) {
    const value = raw[name] as unknown;
    if (typeof value === "function") guarded[name] = wrap(value as never);
  }
  // Made by name they are a dictionary, which V8 searches at each call; those of a prototype it knows.
  return Object.create(guarded) as Calls;
}

/**
 * Random schedules on the loopback network: whatever apps, peers and network do, and whenever, each
 * socket closes exactly once, fails at most once, right before that, and says nothing afterwards;
 * what is received is a prefix of what was sent; and nothing is left in the engine.
 *
 * SEED repeats a run, SCHEDULES sets their number; before a release it is 10,000 and more.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SEED } from "./support/hosts.ts";
import { type Actor, play } from "./support/schedule.ts";

const SCHEDULES = Number(process.env.SCHEDULES ?? 1000);

const listeners = process.listeners("uncaughtException");
let thrown = 0;

beforeAll(() => {
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => {
    if (error.message !== "a handler's own") throw error;
    thrown++;
  });
});

afterAll(() => {
  process.removeAllListeners("uncaughtException");
  for (const listener of listeners) process.on("uncaughtException", listener);
});

function wrong({ name, events, opened }: Actor): string[] {
  const faults: string[] = [];
  const count = (type: string): number => events.filter((event) => event === type).length;
  if (count("close") !== 1) faults.push(`${name}: ${count("close")} close events`);
  if (count("error") > 1) faults.push(`${name}: ${count("error")} error events`);
  if (events.at(-1) !== "close") faults.push(`${name}: ${events.at(-1)} after close`);
  if (count("error") === 1 && events.at(-2) !== "error") faults.push(`${name}: error not last`);
  if (count("open") > 1) faults.push(`${name}: opened twice`);
  if (opened && count("open") > 0) faults.push(`${name}: an accepted socket fired open`);
  return faults;
}

test(`${SCHEDULES} schedules (seed ${SEED})`, { timeout: 120_000 }, async () => {
  let sockets = 0;
  let bytes = 0;
  for (let index = 0; index < SCHEDULES; index++) {
    const seed = SEED + index;
    const result = await play(seed);
    const faults = [...result.faults, ...result.actors.flatMap(wrong)];
    expect(faults, `seed ${seed}: SEED=${seed} SCHEDULES=1`).toEqual([]);
    sockets += result.actors.length;
    bytes += result.bytes;
  }
  expect(sockets).toBeGreaterThan(SCHEDULES);
  if (SCHEDULES > 100) expect(bytes).toBeGreaterThan(SCHEDULES * 1000);
  if (SCHEDULES > 100) expect(thrown).toBeGreaterThan(0);
});

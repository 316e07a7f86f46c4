/** The hosts that tests of the public API run on, each with an engine of its own. */
import { Engine } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { nodeHost } from "../../host/node/index.ts";

export const SEED: number = Number(process.env.SEED ?? Date.now() & 0xffffff);

export const HOSTS: readonly [string, () => Engine][] = [
  ["node:net", () => new Engine({ host: nodeHost, memoryBytes: 16 << 20 })],
  ["loopback", () => new Engine({ host: new Loopback({ seed: 1 }), memoryBytes: 16 << 20 })],
  [
    `loopback, random splits (seed ${SEED})`,
    () => {
      const host = new Loopback({ seed: SEED, faults: { split: true, reorder: true } });
      return new Engine({ host, memoryBytes: 16 << 20 });
    },
  ],
];

/** Runs until whatever was about to happen has happened, without waiting for time. */
export async function settle(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}

export function next(target: EventTarget, type: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/**
 * One thread of `npm run simulate`.
 *
 * Gets `{ from, count }` and plays these seeds; answers with `{ played }` now and then, at last with
 * `{ done: true }`, or with `{ failure }`, a text that says all about the seed that failed. Or gets
 * `{ sockets, sequences }` of the small scope and answers with `{ visits }` or `{ failure }`.
 */
import { isMainThread, parentPort } from "node:worker_threads";
import { diagnose } from "./diagnose.ts";
import { type Sequence, visitAll } from "./exhaustive.ts";
import { expectThrown, playSeeds } from "./simulate.ts";

export { replayScript } from "./diagnose.ts";
export { explore } from "./exhaustive.ts";
export { expectThrown } from "./simulate.ts";

/** Seeds between two reports. */
const REPORT = 100;

type Seeds = { from: number; count: number };
type Sequences = { sockets: number; sequences: readonly Sequence[] };

if (!isMainThread) {
  expectThrown();
  parentPort?.on("message", async (order: Seeds | Sequences) => {
    parentPort?.postMessage("from" in order ? await seeds(order) : await sequences(order));
  });
}

async function seeds({ from, count }: Seeds): Promise<object> {
  let unreported = 0;
  const failure = await playSeeds(from, count, () => {
    unreported++;
    if (unreported < REPORT) return;
    parentPort?.postMessage({ played: unreported });
    unreported = 0;
  });
  if (failure !== null) return { seed: failure.seed, failure: await diagnose(failure) };
  return { played: unreported, done: true };
}

async function sequences(order: Sequences): Promise<object> {
  try {
    return { visits: await visitAll(order.sockets, order.sequences) };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

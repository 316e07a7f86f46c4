/**
 * One thread of `npm run simulate`: plays the seeds it is told to, and says how far it is.
 *
 * Gets `{ from, count }`, answers with `{ played }` now and then, at last with `{ done: true }`, or
 * with `{ failure }`, a text that says all about the seed that failed.
 */
import { parentPort } from "node:worker_threads";
import { diagnose } from "./diagnose.ts";
import { expectThrown, playSeeds } from "./simulate.ts";

/** Seeds between two reports. */
const REPORT = 100;

expectThrown();

parentPort?.on("message", async ({ from, count }: { from: number; count: number }) => {
  let unreported = 0;
  const failure = await playSeeds(from, count, () => {
    unreported++;
    if (unreported < REPORT) return;
    parentPort?.postMessage({ played: unreported });
    unreported = 0;
  });
  if (failure !== null) parentPort?.postMessage({ failure: await diagnose(failure) });
  else parentPort?.postMessage({ played: unreported, done: true });
});

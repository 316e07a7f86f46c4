/**
 * How far apart are the cores? One thread writes, another answers: nanoseconds there and back. All that a
 * sender hands to a receiver goes that way, so that it decides what the kernel's loopback takes. It is no
 * constant: virtual machines are moved about.
 */
import { availableParallelism } from "node:os";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const TRIPS = 200;
const BATCHES = 400;
/** Both threads may find themselves on one core, where each trip is a slice of time. */
const MILLISECONDS_MAX = 500;
const STOP = 2;

/** The best of some batches; 0 where there is one core. */
export async function coreRoundTrip() {
  if (availableParallelism() < 2) return 0;
  const ball = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: ball });
  await new Promise((online) => worker.once("online", online));
  const until = performance.now() + MILLISECONDS_MAX;
  let best = Infinity;
  for (let batch = 0; batch < BATCHES && performance.now() < until; batch++) {
    best = Math.min(best, nanosecondsOf(ball));
  }
  Atomics.store(ball, 0, STOP);
  await worker.terminate();
  return best;
}

function nanosecondsOf(ball) {
  const start = performance.now();
  for (let trip = 0; trip < TRIPS; trip++) {
    Atomics.store(ball, 0, 1);
    while (Atomics.load(ball, 0) !== 0);
  }
  return ((performance.now() - start) * 1e6) / TRIPS;
}

function answer(ball) {
  for (let seen = 0; seen !== STOP; ) {
    seen = Atomics.load(ball, 0);
    if (seen === 1) Atomics.store(ball, 0, 0);
  }
}

if (!isMainThread) answer(workerData);

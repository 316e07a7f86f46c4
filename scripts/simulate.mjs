/**
 * `npm run simulate`: plays random schedules on the engine and its model, a worker a core, until one
 * diverges; then tells which, and how (test/simulation/).
 *
 *   npm run simulate -- [--seeds 1000000] [--from 1] [--workers 2] [--restart]
 *   npm run simulate -- --seed 123
 *   npm run simulate -- --exhaustive --sockets 1 --depth 8
 *
 * A run that was stopped goes on where it was, as long as the sources are the same; --restart begins
 * anew. --seed plays one seed and says all about it if it fails.
 * --exhaustive plays every sequence of the small scope instead, to that depth.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import progress from "cli-progress";
import { build } from "esbuild";

const FOLDER = "build/simulation";
/** A multiple of 16, as many as share an engine. */
const CHUNK = 1600;
const NO_TTY_MILLISECONDS = 10_000;

const FLAGS = {
  seeds: { type: "string", default: "1000000" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  workers: { type: "string", default: String(availableParallelism()) },
  exhaustive: { type: "boolean", default: false },
  sockets: { type: "string", default: "1" },
  depth: { type: "string", default: "5" },
  restart: { type: "boolean", default: false },
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
try {
  const { values } = parseArgs({ options: FLAGS });
  await (values.exhaustive ? exhaust(values) : main(values));
} catch (error) {
  console.error(`simulate: ${error.message}`);
  process.exitCode = 1;
}

async function main({ seed, seeds, from, workers, restart }) {
  const first = integer("seed", seed ?? from);
  const count = seed === undefined ? integer("seeds", seeds) : 1;
  const run = { hash: await bundle(), first, count, done: [] };
  const file = resolve(FOLDER, `${first}-${count}.json`);
  const before = restart ? undefined : read(file);
  if (before?.hash === run.hash && seed === undefined) run.done = before.done;

  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} seeds, {duration_formatted}, {eta_formatted} left",
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: NO_TTY_MILLISECONDS,
    etaBuffer: 1000,
  });
  const waiting = chunks(first, count).filter(({ from }) => !run.done.includes(from));
  const left = waiting.reduce((sum, { count }) => sum + count, 0);
  if (left < count) console.log(`simulate: ${count - left} seeds were played before`);
  const start = performance.now();
  bar.start(count, count - left);
  const done = (chunk) => {
    run.done.push(chunk.from);
    writeFileSync(file, JSON.stringify(run));
  };
  const threads = Math.min(integer("workers", workers), Math.max(1, waiting.length));
  const failure = await inParallel(threads, { waiting, done, played: (n) => bar.increment(n) });
  bar.stop();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  if (failure === undefined) {
    console.log(`simulate: seeds ${first} to ${first + count - 1}, no divergence (${seconds} s)`);
    return;
  }
  console.log(failure);
  process.exitCode = 1;
}

async function exhaust({ sockets, depth, workers }) {
  await bundle();
  const { explore } = await import(`../${FOLDER}/worker.mjs`);
  const start = performance.now();
  const told = ({ depth, states, played }) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`depth ${depth}: ${states} states, ${played} sequences (${seconds} s)`);
  };
  const threads = Array.from({ length: integer("workers", workers) }, thread);
  const visitor = async (sockets, sequences) => {
    const share = Math.ceil(sequences.length / threads.length);
    const parts = threads.map(({ visit }, i) => {
      return visit({ sockets, sequences: sequences.slice(i * share, (i + 1) * share) });
    });
    return (await Promise.all(parts)).flat();
  };
  try {
    await explore(integer("sockets", sockets), integer("depth", depth), told, visitor);
  } finally {
    for (const { worker } of threads) await worker.terminate();
  }
}

/** A worker that visits sequences. */
function thread() {
  const worker = new Worker(`./${FOLDER}/worker.mjs`);
  const visit = (order) => {
    return new Promise((finish, fail) => {
      worker.once("error", fail);
      worker.once("message", ({ visits, failure }) => {
        worker.off("error", fail);
        if (failure === undefined) finish(visits);
        else fail(new Error(failure));
      });
      worker.postMessage(order);
    });
  };
  return { worker, visit };
}

/** One file, so that starting a worker takes no time; returns its hash. */
async function bundle() {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = `${FOLDER}/worker.mjs`;
  await build({
    entryPoints: ["test/simulation/worker.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return createHash("sha256").update(readFileSync(outfile)).digest("hex");
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // the first run with these seeds
  }
}

/** Chunks begin at multiples of their size, so that groups are the same whatever --from is. */
function chunks(first, count) {
  const list = [];
  for (let from = first; from < first + count; ) {
    const end = Math.min(first + count, from - (from % CHUNK) + CHUNK);
    list.push({ from, count: end - from });
    from = end;
  }
  return list;
}

/** Resolves with the first failure, or undefined. */
async function inParallel(threads, { waiting, done, played }) {
  const workers = Array.from({ length: threads }, () => new Worker(`./${FOLDER}/worker.mjs`));
  try {
    return await new Promise((finish, fail) => {
      let working = workers.length;
      for (const worker of workers) {
        let chunk;
        const next = () => {
          chunk = waiting.shift();
          if (chunk !== undefined) worker.postMessage(chunk);
          else if (--working === 0) finish();
        };
        worker.on("error", fail);
        worker.on("message", (message) => {
          if (message.failure !== undefined) finish(message.failure);
          played(message.played ?? 0);
          if (!message.done) return;
          done(chunk);
          next();
        });
        next();
      }
    });
  } finally {
    for (const worker of workers) await worker.terminate();
  }
}

function integer(name, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new Error(`--${name} ${text}: an integer of at least 1 is allowed`);
}

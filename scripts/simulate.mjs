/**
 * `npm run simulate`: plays random schedules on the engine and its model, a worker a core, until one
 * diverges; then tells which, and how (test/simulation/).
 *
 *   npm run simulate -- [--seeds 1000000] [--from 1] [--workers 2] [--restart | --resume]
 *   npm run simulate -- --seed 123
 *   npm run simulate -- --script failure.ndjson
 *   npm run simulate -- --exhaustive --sockets 1 --depth 8
 *
 * A run that was stopped goes on where it was, as long as the sources are the same; --restart begins
 * anew. With --resume it is a campaign: it goes on though sources have changed, which are counted, and
 * behind seeds that diverge, too. --seed plays one seed and says all about it if it fails.
 * --script plays what a printed script was made from, and says whether it comes out the same to the bit.
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
/** A multiple of 64, as many as share an engine. */
const CHUNK = 1600;
/** So many divergences end a campaign's run. */
const FAILURES_MAX = 10;
/** Nearly all garbage dies young: with less room a third of the time goes into collecting it. */
const THREAD = { resourceLimits: { maxYoungGenerationSizeMb: 64 } };
const NO_TTY_MILLISECONDS = 10_000;

const FLAGS = {
  seeds: { type: "string", default: "1000000" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  script: { type: "string" },
  workers: { type: "string", default: String(availableParallelism()) },
  exhaustive: { type: "boolean", default: false },
  sockets: { type: "string", default: "1" },
  depth: { type: "string", default: "5" },
  restart: { type: "boolean", default: false },
  resume: { type: "boolean", default: false },
};

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
try {
  const { values } = parseArgs({ options: FLAGS });
  if (values.script !== undefined) await replay(values.script);
  else await (values.exhaustive ? exhaust(values) : main(values));
} catch (error) {
  console.error(`simulate: ${error.message}`);
  process.exitCode = 1;
}

async function main({ seed, seeds: number, from, workers, restart, resume }) {
  const first = integer("seed", seed ?? from);
  const count = seed === undefined ? integer("seeds", number) : 1;
  const hash = await bundle();
  const file = resolve(FOLDER, `${first}-${count}.json`);
  const before = restart || seed !== undefined ? undefined : read(file);
  const goesOn = before !== undefined && (resume || before.hash === hash);
  const run = { next: first, ahead: [], played: {}, failed: [], ...(goesOn && before), hash };

  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} seeds, {duration_formatted}, {eta_formatted} left",
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: NO_TTY_MILLISECONDS,
    etaBuffer: 1000,
  });
  const end = first + count;
  const waiting = chunks(run.next, end - run.next).filter(({ from }) => !run.ahead.includes(from));
  const left = waiting.reduce((sum, { count }) => sum + count, 0);
  if (left < count) console.log(`simulate: ${count - left} seeds were played before`);
  const start = performance.now();
  bar.start(count, count - left);
  const done = (chunk) => {
    run.played[hash] = (run.played[hash] ?? 0) + chunk.count;
    run.ahead.push(chunk.from);
    for (const at of run.ahead.sort((a, b) => a - b))
      if (at === run.next) run.next = chunkEnd(at, end);
    run.ahead = run.ahead.filter((at) => at > run.next);
    writeFileSync(file, JSON.stringify(run));
  };
  let failuresLeft = FAILURES_MAX;
  const failed = ({ seed, failure }) => {
    console.log(failure);
    run.failed.push({ seed, hash });
    return resume && --failuresLeft > 0;
  };
  const threads = Math.min(integer("workers", workers), Math.max(1, waiting.length));
  await inParallel(threads, { waiting, done, failed, played: (n) => bar.increment(n) });
  bar.stop();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const seeds = Object.values(run.played).reduce((sum, n) => sum + n, 0);
  const versions = Object.keys(run.played).length;
  const found = run.failed.map(({ seed }) => seed).join(", ") || "none";
  console.log(`simulate: ${seeds} of the seeds ${first} to ${end - 1} played (${seconds} s)`);
  console.log(`simulate: versions of the sources: ${versions}; seeds that diverged: ${found}`);
  if (run.failed.length > 0) process.exitCode = 1;
}

async function replay(file) {
  await bundle();
  const { replayScript, expectThrown } = await import(`../${FOLDER}/worker.mjs`);
  expectThrown();
  console.log(await replayScript(readFileSync(file, "utf8")));
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
  const worker = newWorker();
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

function newWorker() {
  return new Worker(`./${FOLDER}/worker.mjs`, THREAD);
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
    const end = chunkEnd(from, first + count);
    list.push({ from, count: end - from });
    from = end;
  }
  return list;
}

function chunkEnd(from, end) {
  return Math.min(end, from - (from % CHUNK) + CHUNK);
}

/** Resolves when all is played, or `failed` says that it is enough. */
async function inParallel(threads, { waiting, done, failed, played }) {
  const workers = Array.from({ length: threads }, newWorker);
  try {
    await new Promise((finish, fail) => {
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
          played(message.played ?? 0);
          if (message.failure !== undefined) {
            if (!failed(message)) return finish();
            const from = message.seed + 1;
            worker.postMessage({ from, count: chunk.from + chunk.count - from });
          } else if (message.done) {
            done(chunk);
            next();
          }
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

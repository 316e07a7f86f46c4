/**
 * Small scope, exhaustively: every sequence of calls and reports up to a depth, for one socket or two,
 * on the engine and its model.
 *
 * A sequence is played from its start on a new engine, for there is no way to copy one. Sequences that
 * lead to the same state are gone on with once: the same memory of the engine, the same model, the
 * same transport. So what is counted is states, and sequences tried, not the powers of the alphabet.
 */
import { createHash } from "node:crypto";
import { driverOf } from "../../bindings/engine.ts";
import { Engine } from "../../bindings/index.ts";
import { ACTIONS, type Action } from "./alphabet.ts";
import { Divergence } from "./model.ts";
import { Scene } from "./scene.ts";
import { Tap } from "./tap.ts";

const MEMORY_BYTES = 196_608;
/** The list of addresses in front of the sockets, and more than two sockets and all blocks take. */
const IOV_BYTES = 512;
const SOCKET_BYTES = 4096;

export interface Explored {
  depth: number;
  /** Different states, the first included. */
  states: number;
  /** Sequences that were played. */
  played: number;
}

/** A char a step: which action, and of which socket. */
export type Sequence = string;

/** Where a sequence leads to, and the steps that can follow. */
export interface Visit {
  readonly sequence: Sequence;
  readonly state: string;
  readonly steps: string;
}

/** Plays many sequences, in whatever order. */
export type Visitor = (sockets: number, sequences: readonly Sequence[]) => Promise<Visit[]>;

/** A sequence that went wrong. */
class Wrong extends Error {
  constructor(sequence: Sequence, why: string) {
    super(`${why}: ${[...sequence].map((step) => `${socketOf(step)} ${actionOf(step).name}`)}`);
  }
}

/** So many sequences are handed over at a time. */
const BATCH = 2000;

/** All sequences up to `depth` of `sockets` sockets. `told` is told of each depth. */
export async function explore(
  sockets: number,
  depth: number,
  told: (explored: Explored) => void = () => {},
  visitor: Visitor = visitAll,
): Promise<Explored> {
  const explored: Explored = { depth: 0, states: 0, played: 0 };
  const seen = new Set<string>();
  let frontier: Visit[] = [];
  for (; explored.depth <= depth; explored.depth++) {
    const fresh: Visit[] = [];
    for (const sequences of batches(frontier, explored.depth)) {
      for (const visit of await visitor(sockets, sequences)) {
        explored.played++;
        if (seen.has(visit.state)) continue;
        seen.add(visit.state);
        fresh.push({ ...visit, state: "" });
      }
    }
    explored.states = seen.size;
    told(explored);
    frontier = fresh;
  }
  return explored;
}

/** All that goes one step further than the frontier. */
function* batches(frontier: readonly Visit[], depth: number): Generator<Sequence[]> {
  let batch: Sequence[] = depth === 0 ? [""] : [];
  for (const { sequence, steps } of frontier) {
    for (const step of steps) batch.push(sequence + step);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Here, one after the other. */
export async function visitAll(sockets: number, sequences: readonly Sequence[]): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (const sequence of sequences) {
    const scene = await play(sockets, sequence);
    visits.push({ sequence, state: keyOf(scene), steps: stepsOf(scene) });
  }
  return visits;
}

function socketOf(step: string): number {
  return Math.floor(step.charCodeAt(0) / ACTIONS.length);
}

function actionOf(step: string): Action {
  return ACTIONS[step.charCodeAt(0) % ACTIONS.length] as Action;
}

/** @throws Wrong if engine and model differ */
async function play(sockets: number, sequence: Sequence): Promise<Scene> {
  Divergence.first = null;
  const tap = new Tap();
  const engine = new Engine({
    host: tap,
    memoryBytes: MEMORY_BYTES,
    maxSockets: sockets,
    windowBytes: 16_384,
  });
  const scene = new Scene(engine, tap, sockets);
  try {
    await scene.settle();
    for (const step of sequence) {
      actionOf(step).act(scene, socketOf(step));
      await scene.settle();
    }
  } catch (error) {
    throw new Wrong(sequence, (error as Error).message);
  }
  return scene;
}

function stepsOf(scene: Scene): string {
  const codes = scene.actors.flatMap((_, socket) =>
    ACTIONS.flatMap(({ can }, action) =>
      can(scene, socket) ? [socket * ACTIONS.length + action] : [],
    ),
  );
  return String.fromCharCode(...codes);
}

/**
 * All that decides what can happen from here on. Of the engine's memory that is what its sockets are,
 * behind the tables in which it lists what it says, and the blocks that hold their bytes, behind the
 * window; in between is only what the last turn has left.
 */
function keyOf(scene: Scene): string {
  const { core } = driverOf(scene.engine);
  const sockets = core.iov * 4 + IOV_BYTES;
  const pool = core.window.byteOffset + core.window.length;
  const hash = createHash("sha1").update(core.bytes.subarray(sockets, sockets + SOCKET_BYTES));
  return hash.update(core.bytes.subarray(pool)).update(scene.state()).digest("base64");
}

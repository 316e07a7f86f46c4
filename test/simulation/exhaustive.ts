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
  readonly depth: number;
  /** Different states, the first included. */
  states: number;
  /** Sequences that were played. */
  played: number;
}

/** A sequence that went wrong. */
class Wrong extends Error {
  constructor(sequence: readonly Step[], why: string) {
    super(`${why}: ${sequence.map(([socket, action]) => `${socket} ${ACTIONS[action]?.name}`)}`);
  }
}

type Step = readonly [socket: number, action: number];

/** All sequences up to `depth` of `sockets` sockets. `told` is told of each depth. */
export async function explore(
  sockets: number,
  depth: number,
  told: (explored: Explored) => void = () => {},
): Promise<Explored> {
  const explored: Explored = { depth, states: 0, played: 0 };
  const seen = new Set<string>();
  let frontier: Step[][] = [[]];
  for (let length = 0; length <= depth; length++) {
    const next: Step[][] = [];
    for (const sequence of frontier) {
      const scene = await play(sockets, sequence);
      explored.played++;
      const key = keyOf(scene);
      if (seen.has(key)) continue;
      seen.add(key);
      if (length < depth) next.push(...enabled(scene).map((step) => [...sequence, step]));
    }
    explored.states = seen.size;
    told({ ...explored, depth: length });
    frontier = next;
  }
  return explored;
}

/** @throws Wrong if engine and model differ */
async function play(sockets: number, sequence: readonly Step[]): Promise<Scene> {
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
    for (const [socket, action] of sequence) {
      (ACTIONS[action] as Action).act(scene, socket);
      await scene.settle();
    }
  } catch (error) {
    throw new Wrong(sequence, (error as Error).message);
  }
  return scene;
}

function enabled(scene: Scene): Step[] {
  return scene.actors.flatMap((_, socket) =>
    ACTIONS.flatMap(({ can }, action): Step[] => (can(scene, socket) ? [[socket, action]] : [])),
  );
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

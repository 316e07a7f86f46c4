/**
 * In how many ways a script is played: with what is received, and what the transport takes, whole,
 * byte by byte, joined as far as it goes, and cut in two at every place; sends in engine memory and
 * outside of it. All of them must say the same.
 *
 * A variant is a script: its operations carry `pieces` and `external`, as test/vectors/README.md has
 * them, so it can be written down and played elsewhere.
 */
import { type Bytes, bytesOf } from "./bytes.ts";
import type { Operation, Script, Step } from "./script.ts";

export interface Variant extends Script {
  name: string;
}

/** The smallest window: one read brings no more. */
const READ_MAX = 16384;
const EVERY_CUT_MAX = 256;
const EVERY_BYTE_MAX = 8192;
const SINGLE_BYTES = 64;
const EDGE = 4;
const SAMPLES = 8;
const PIECE_MAX = 997;

/** How large the pieces are in which so many bytes come, or are taken. */
export function piecesOf({ pieces = [READ_MAX] }: Operation, length: number): number[] {
  const sizes: number[] = [];
  for (let left = length; left > 0; left -= sizes.at(-1) as number) {
    const size = pieces[Math.min(sizes.length, pieces.length - 1)] as number;
    sizes.push(Math.min(left, size, READ_MAX));
  }
  return length === 0 ? [0] : sizes;
}

export function variantsOf(script: Script, seed: number): Variant[] {
  const all: Variant[] = [{ ...script, name: "whole" }];
  if (script.header.split !== "none") {
    const random = generator(seed);
    all.push(changed(script, "byte by byte", (operation) => small(operation, script, random)));
    const joined = join(script.steps);
    if (joined.length < script.steps.length) all.push({ ...script, name: "joined", steps: joined });
    all.push(...cuts(script, random));
  }
  const sends = [...script.steps.map(({ operation }) => operation), ...script.handlers];
  return sends.some(({ op }) => op === "send") ? [...all, ...all.map(outside)] : all;
}

/** The script with other operations. */
function changed(script: Script, name: string, change: (one: Operation) => Operation): Variant {
  const steps = script.steps.map((step) => ({ ...step, operation: change(step.operation) }));
  return { ...script, name, steps, handlers: script.handlers.map(change) };
}

/** Every payload stays with the host. */
function outside(variant: Variant): Variant {
  return changed(variant, `${variant.name}, external`, (operation) => {
    return operation.op === "send" ? { ...operation, external: true } : operation;
  });
}

/** One by one; long ones only at the beginning, where headers are. */
function small(operation: Operation, script: Script, random: (below: number) => number): Operation {
  if (!maySplit(operation)) return operation;
  if (lengthOf(operation, script) <= EVERY_BYTE_MAX) return { ...operation, pieces: [1] };
  const single = Array.from({ length: SINGLE_BYTES }, () => 1);
  const several = Array.from({ length: SAMPLES }, () => 1 + random(PIECE_MAX));
  return { ...operation, pieces: [...single, ...several, PIECE_MAX] };
}

function maySplit({ op, refused, turn, orders }: Operation): boolean {
  const whole = refused !== undefined || turn === false || orders === true;
  return (op === "received" || op === "sent") && !whole;
}

/** Of `all` that is in flight, what may at most be. */
function lengthOf(operation: Operation, { steps, handlers }: Script): number {
  if (operation.op === "received") return bytesOf(operation).length;
  if (typeof operation.n === "number") return operation.n;
  const sends = [...steps.map((step) => step.operation), ...handlers].filter(
    ({ op }) => op === "send",
  );
  return sends.reduce((sum, send) => sum + bytesOf(send).length, 0);
}

function cuts(script: Script, random: (below: number) => number): Variant[] {
  return script.steps
    .filter(({ operation }) => maySplit(operation) && operation.n !== "all")
    .flatMap((cut) => {
      const { operation } = cut;
      return placesIn(lengthOf(operation, script), random).map((at) => {
        return changed(script, `line ${cut.line} cut at ${at}`, (one) => {
          return one === operation ? { ...one, pieces: [...piecesOf(one, at), READ_MAX] } : one;
        });
      });
    });
}

/** Where to cut: everywhere, or near both ends and somewhere. */
function placesIn(length: number, random: (below: number) => number): number[] {
  const places = Array.from({ length: Math.max(0, length - 1) }, (_, at) => at + 1);
  if (length <= EVERY_CUT_MAX) return places;
  const inside = Array.from({ length: SAMPLES }, () => EDGE + 1 + random(length - 2 * EDGE - 1));
  return [...places.slice(0, EDGE), ...new Set(inside), ...places.slice(-EDGE)];
}

/** What was received in several reads comes in one, wherever nothing else happens between them. */
function join(steps: Step[]): Step[] {
  const joined: Step[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    if (last === undefined || !follows(last, step)) {
      joined.push(step);
      continue;
    }
    const parts = [last.operation, step.operation].map(
      (operation) => operation.parts ?? [bytesOnly(operation)],
    );
    const { s } = step.operation;
    joined[joined.length - 1] = {
      line: last.line,
      operation: { op: "received", s, parts: parts.flat() },
      expected: [...last.expected, ...step.expected],
      states: step.states,
    };
  }
  return joined;
}

function bytesOnly({ hex, text, rep }: Operation): Bytes {
  return JSON.parse(JSON.stringify({ hex, text, rep }));
}

function follows(last: Step, next: Step): boolean {
  const both = [last.operation, next.operation];
  const reads = both.every((operation) => operation.op === "received" && maySplit(operation));
  return reads && last.operation.s === next.operation.s && last.states.length === 0;
}

/** A small generator: the same numbers for the same seed, everywhere. */
function generator(seed: number): (below: number) => number {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

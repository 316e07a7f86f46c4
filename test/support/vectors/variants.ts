/**
 * In how many ways a script is played: with what is received, and what the transport takes, whole,
 * byte by byte, joined as far as it goes, and cut in two at every place; sends in engine memory and
 * outside of it. All of them must say the same.
 */
import { bytesOf } from "./bytes.ts";
import type { Operation, Script, Step } from "./script.ts";

export interface Variant {
  name: string;
  /** Payloads stay with the binding. */
  external: boolean;
  steps: Step[];
  /** Sizes of the pieces for so many bytes of a step. */
  pieces(step: Step, length: number): number[];
}

/** The smallest window: one read brings no more. */
const READ_MAX = 16384;
const EVERY_CUT_MAX = 256;
const EVERY_BYTE_MAX = 8192;
const EDGE = 4;
const SAMPLES = 8;
const PIECE_MAX = 997;

export function variantsOf(script: Script, seed: number): Variant[] {
  const steps = script.steps;
  const sends = [...steps.map(({ operation }) => operation), ...script.handlers];
  const paths = sends.some(({ op }) => op === "send") ? [false, true] : [false];
  const split = script.header.split !== "none";
  return paths.flatMap((external) => {
    const all: Variant[] = [{ name: "whole", external, steps, pieces: whole }];
    if (split) {
      const random = generator(seed);
      const pieces = (step: Step, length: number): number[] =>
        maySplit(step.operation) ? small(length, random) : whole(step, length);
      all.push({ name: "byte by byte", external, steps, pieces });
      const joined = join(steps);
      if (joined.length < steps.length) {
        all.push({ name: "joined", external, steps: joined, pieces: whole });
      }
      all.push(...cuts(steps, random).map((cut) => ({ ...cut, external })));
    }
    return external ? all.map((one) => ({ ...one, name: `${one.name}, external` })) : all;
  });
}

function whole(_: Step, length: number): number[] {
  const full = Array.from({ length: Math.floor(length / READ_MAX) }, () => READ_MAX);
  const rest = length % READ_MAX;
  return rest > 0 || length === 0 ? [...full, rest] : full;
}

/** One by one; long ones only at the beginning, where headers are. */
function small(length: number, random: (below: number) => number): number[] {
  const pieces: number[] = [];
  for (let left = length; left > 0; left -= pieces.at(-1) as number) {
    const single = length <= EVERY_BYTE_MAX || pieces.length < 64;
    pieces.push(single ? 1 : Math.min(left, 1 + random(PIECE_MAX)));
  }
  return length === 0 ? [0] : pieces;
}

function maySplit({ op, refused, turn }: Operation): boolean {
  return (op === "received" || op === "sent") && refused === undefined && turn !== false;
}

function lengthOf(operation: Operation): number {
  if (operation.op === "sent") return typeof operation.n === "number" ? operation.n : 0;
  return bytesOf(operation).length;
}

function cuts(steps: Step[], random: (below: number) => number): Omit<Variant, "external">[] {
  return steps
    .filter(({ operation }) => maySplit(operation))
    .flatMap((cut) => {
      return placesIn(lengthOf(cut.operation), random).map((at) => ({
        name: `line ${cut.line} cut at ${at}`,
        steps,
        pieces: (step: Step, length: number): number[] =>
          step === cut ? [...whole(step, at), ...whole(step, length - at)] : whole(step, length),
      }));
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
      (operation) => operation.parts ?? [operation],
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

/**
 * Framings with random descriptions, payloads, damage and splits: what the reference encodes it
 * decodes, however the stream is cut; and every build of the core says the same as the reference, to
 * the app and to the wire. SEED repeats a run, FRAMINGS sets how many there are of each type.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkFraming } from "../bindings/framing.ts";
import { BUILDS } from "./support/embedder.ts";
import { SEED } from "./support/hosts.ts";
import {
  cutAt,
  cutEvery,
  FRAMINGS,
  fractions,
  lengthen,
  longPayload,
  payload,
  streams,
  wires,
} from "./support/reference/arbitrary.ts";
import { decode, encoded } from "./support/reference/decoder.ts";
import { concat, type Framing } from "./support/reference/framing.ts";
import { sha256 } from "./support/vectors/bytes.ts";
import { CoreShim } from "./support/vectors/core-shim.ts";
import { ReferenceShim } from "./support/vectors/reference-shim.ts";
import type { Action, Said, Shim } from "./support/vectors/shim.ts";
import { Transcript } from "./support/vectors/transcript.ts";

const RUNS = { seed: SEED, numRuns: Number(process.env.FRAMINGS ?? 100) };

/** The smallest window. */
const READ_MAX = 16_384;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The API refuses some descriptions that the formats would allow. */
function isAllowed(framing: Framing): boolean {
  try {
    return checkFraming(framing) !== null;
  } catch {
    return false;
  }
}

/** Done in the handler of this message, counted from 1. */
interface Handler {
  message: number;
  action: Action;
}

/** What a socket of this framing says and answers when it is treated like this. */
function tell(
  shim: Shim,
  framing: Framing,
  actions: readonly Action[],
  handlers: readonly Handler[] = [],
): string[] {
  const transcript = new Transcript();
  let messages = 0;
  const hear = (socket: string, said: Said): void => {
    transcript.add(socket, said);
    if (said.ev !== "message") return;
    messages++;
    for (const { message, action } of handlers) if (message === messages) shim.act("a", action);
  };
  const opening: Action = { op: "open", role: "client", parent: null, options: {}, framing };
  const answers = [opening, { op: "connected" } as Action, ...actions].map((action) => {
    const answer = shim.act("a", action);
    shim.run(hear);
    return `${answer}`;
  });
  const { readyState, buffered } = shim.look("a");
  for (let left = shim.look("a").inFlight; left > 0; left = shim.look("a").inFlight) {
    shim.act("a", { op: "sent", count: left });
    shim.run(hear);
  }
  const lines = [...answers, ...transcript.lines(hex), `${readyState} ${buffered}`];
  return [...lines, ...shim.finish(() => {})];
}

/**
 * When a message without its end is found too long, and a header section without its own malformed,
 * is left to the decoder: there the kind of the error may differ, but not that there is one.
 */
function tolerant(framing: Framing, lines: readonly string[]): string[] {
  const endless = ["delimited", "lines", "slip", "cobs"].includes(framing.type);
  const open = (endless && "maxMessageBytes" in framing) || framing.type === "contentLength";
  return lines.map((line) => (open ? line.replace(/^a error .*/, "a error") : line));
}

describe.each(FRAMINGS)(`%s (seed ${SEED})`, { timeout: 300_000 }, (_, framings) => {
  const allowed = framings.filter(isAllowed);

  test("decoding brings back what was encoded, and nothing else", () => {
    const property = fc.property(framings, payload, (framing, bytes) => {
      const wire = encoded(bytes, framing);
      fc.pre(wire !== null);
      const { messages, failure, rest } = decode([wire], framing);
      expect([messages.length, failure, rest.length]).toEqual([1, null, 0]);
      const [message] = messages as [Uint8Array];
      expect(message.length).toBeLessThanOrEqual(bytes.length + 10); // a kept varint may grow
      expect(encoded(message, framing)).toEqual(wire);
    });
    fc.assert(property, { ...RUNS, maxSkipsPerRun: 1000 });
  });

  test("the reference does not care where the stream is cut", () => {
    const framed = framings.chain((framing) => fc.tuple(fc.constant(framing), streams(framing)));
    const property = fc.property(framed, fractions, ([framing, stream], places) => {
      const whole = decode([stream], framing, true);
      const cut = decode(cutAt(stream, places), framing, true);
      expect(cut.messages.map(hex)).toEqual(whole.messages.map(hex));
      expect(cut.failure).toBe(whole.failure);
    });
    fc.assert(property, RUNS);
  });

  test.each(BUILDS)("%s encodes as the reference does, in engine memory and outside", (build) => {
    const shim = new CoreShim(build);
    const property = fc.property(
      allowed,
      fc.array(payload, { maxLength: 6 }),
      fc.boolean(),
      (framing, payloads, external) => {
        const actions = payloads.map((bytes): Action => ({ op: "send", bytes, external }));
        const expected = tell(new ReferenceShim(), framing, actions);
        expect(tell(shim, framing, actions)).toEqual(expected);
      },
    );
    fc.assert(property, RUNS);
  });

  test.each(BUILDS)("%s decodes as the reference does, good streams and bad", (build) => {
    const shim = new CoreShim(build);
    const framed = allowed.chain((framing) => fc.tuple(fc.constant(framing), streams(framing)));
    const property = fc.property(framed, fractions, fc.nat(9), ([framing, stream], places, at) => {
      const pieces = cutAt(stream, places);
      const actions = pieces.map((bytes): Action => ({ op: "received", bytes }));
      actions.splice(at, 0, { op: "suspend" });
      actions.push({ op: "resume" }, { op: "ended" });
      const [actual, expected] = [shim, new ReferenceShim()].map((one) => {
        return tolerant(framing, tell(one, framing, actions));
      });
      expect(actual).toEqual(expected);
    });
    fc.assert(property, RUNS);
  });

  test.each(BUILDS)("%s goes on as the reference does wherever the app stops it", (build) => {
    const shim = new CoreShim(build);
    const any = fc.oneof(...FRAMINGS.map(([, each]) => each.filter(isAllowed)));
    const cases = fc.tuple(allowed, any).chain(([framing, next]) => {
      const action = fc.constantFrom<Action[]>(
        { op: "stopAfter" },
        { op: "suspend" },
        { op: "setFraming", framing: next },
        { op: "setFraming", framing: null },
      );
      const handlers = fc.array(fc.record({ message: fc.integer({ min: 1, max: 8 }), action }));
      const stream = fc.tuple(wires(framing), streams(next)).map(([a, b]) => concat(...a, b));
      return fc.tuple(fc.constant(framing), fc.constant(next), handlers, stream);
    });
    const property = fc.property(cases, fractions, ([framing, next, handlers, stream], places) => {
      const pieces = cutAt(stream, places);
      const actions = pieces.map((bytes): Action => ({ op: "received", bytes }));
      for (let i = 0; i < handlers.length; i++) actions.push({ op: "resume" });
      actions.push({ op: "ended" });
      const [actual, expected] = [shim, new ReferenceShim()].map((one) => {
        return tolerant(next, tolerant(framing, tell(one, framing, actions, handlers)));
      });
      expect(actual).toEqual(expected);
    });
    fc.assert(property, RUNS);
  });

  test.each(BUILDS)("%s carries messages longer than a read, and those behind them", (build) => {
    const shim = new CoreShim(build);
    const long = fc.tuple(allowed.map(lengthen), fc.array(longPayload, { maxLength: 5 }));
    const property = fc.property(
      long,
      fractions,
      fc.boolean(),
      ([framing, payloads], places, b) => {
        const sends = payloads.map((bytes): Action => ({ op: "send", bytes, external: b }));
        const wire = concat(...payloads.flatMap((bytes) => encoded(bytes, framing) ?? []));
        const reads = cutAt(wire, places).flatMap((piece) => cutEvery(READ_MAX, piece));
        const actions = [...sends, ...reads.map((bytes): Action => ({ op: "received", bytes }))];
        const [actual, expected] = [shim, new ReferenceShim()].map((one) => {
          return tell(one, framing, actions).map((line) =>
            line.length > 99 ? sha256(line) : line,
          );
        });
        expect(actual).toEqual(expected);
      },
    );
    fc.assert(property, { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 5) });
  });

  test("streams of whole messages bring all of them", () => {
    const framed = framings.chain((framing) => fc.tuple(fc.constant(framing), wires(framing)));
    const property = fc.property(framed, fractions, ([framing, parts], places) => {
      const decoded = decode(cutAt(concat(...parts), places), framing, true);
      expect([decoded.messages.length, decoded.failure]).toEqual([parts.length, null]);
    });
    fc.assert(property, RUNS);
  });
});

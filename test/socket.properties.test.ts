/**
 * Sockets that are treated at random, in any order and at any moment, by host and app: every build of
 * the core answers and says the same as the reference, and looks the same after each turn. SEED repeats
 * a run, SOCKETS sets how many there are.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BUILDS } from "./support/embedder.ts";
import { SEED } from "./support/hosts.ts";
import { latin1 } from "./support/reference/framing.ts";
import { CoreShim } from "./support/vectors/core-shim.ts";
import { Grammar } from "./support/vectors/grammar.ts";
import { ReferenceShim } from "./support/vectors/reference-shim.ts";
import type { Action, Said, Shim } from "./support/vectors/shim.ts";
import { Transcript } from "./support/vectors/transcript.ts";

const RUNS = { seed: SEED, numRuns: Number(process.env.SOCKETS ?? 300) };

/** Something that happens to a socket; in a handler of its own, or now, with or without a turn. */
interface Happening {
  socket: string;
  action: Action;
  turn: boolean;
  after: { ev: string; nth: number } | null;
}

const bytes = fc.constantFrom("1:a,", "1:", "b,", "0:,2:cd,1", ":e,", "x", "ab").map(latin1);

const plain = fc
  .constantFrom(
    ...(["connected", "connected", "ended", "closed", "suspend", "resume"] as const),
    ...(["close", "abort", "halfClose", "stopAfter"] as const),
  )
  .map((op): Action => ({ op }));

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 4, arbitrary: bytes.map((bytes): Action => ({ op: "received", bytes })) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant("send" as const), bytes, external: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.nat(12).map((count): Action => ({ op: "sent", count })) },
  { weight: 1, arbitrary: fc.constant<Action>({ op: "failed", reason: "reset" }) },
  { weight: 1, arbitrary: fc.constant<Action>({ op: "expired", timer: "connect" }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Action[]>(
      { op: "setFraming", framing: null },
      { op: "setFraming", framing: { type: "netstring" } },
      { op: "setFraming", framing: { type: "lines", lastLine: true, eol: "\n" } },
    ),
  },
);

const COMMANDS = new Set([
  "send",
  "suspend",
  "resume",
  "close",
  "abort",
  "halfClose",
  "setFraming",
]);

/** What a listener's host and app may do. */
const LISTENING = new Set(["send", "connected", "failed", "closed", "close", "abort", "halfClose"]);

const after = fc.option(
  fc.record({
    ev: fc.constantFrom("open", "connect", "message", "data", "drain", "end"),
    nth: fc.integer({ min: 1, max: 3 }),
  }),
  { freq: 4, nil: null },
);

const happening: fc.Arbitrary<Happening> = fc
  .record({
    socket: fc.constantFrom("a", "a", "b", "c", "l"),
    action,
    turn: fc.integer({ min: 0, max: 3 }).map((dice) => dice > 0),
    after,
  })
  .map((one) => {
    const { op } = one.action;
    if (op === "stopAfter") return { ...one, after: { ev: "message", nth: one.after?.nth ?? 1 } };
    return COMMANDS.has(op) && one.socket !== "l" ? one : { ...one, after: null };
  })
  .map((one) =>
    one.socket === "l" && !LISTENING.has(one.action.op) ? { ...one, socket: "a" } : one,
  )
  // The window holds one read at a time, a transport that is gone brings nothing more, and what is sent is
  // flushed in its own turn: how many bytes one write takes depends on it.
  .map((one) =>
    /received|failed|closed|expired|send/.test(one.action.op) ? { ...one, turn: true } : one,
  );

const options = fc.record(
  {
    highWaterMark: fc.nat(8),
    lowWaterMark: fc.nat(3),
    maxBufferedAmount: fc.integer({ min: 0, max: 20 }),
    allowHalfOpen: fc.boolean(),
    connectTimeout: fc.constant(1000),
  },
  { requiredKeys: [] },
);

/** a and b are clients, l listens, and has accepted c. */
function openings(settings: object[]): Happening[] {
  const [a = {}, b = {}, c = {}] = settings;
  const open = (socket: string, role: string, options: object): Happening => {
    const action = { op: "open", role, parent: role === "accepted" ? "l" : null, options };
    return { socket, action: action as Action, turn: true, after: null };
  };
  const up: Happening = { socket: "l", action: { op: "connected" }, turn: true, after: null };
  const all = [open("a", "client", a), open("b", "client", b), open("l", "listener", {}), up];
  return [...all, open("c", "accepted", c)];
}

function tell(shim: Shim, happenings: readonly Happening[]): string[] {
  const transcript = new Transcript();
  const grammar = new Grammar();
  const counts = new Map<string, number>();
  const lines: string[] = [];
  const act = ({ socket, action }: Happening): void => {
    const answer = shim.act(socket, action);
    lines.push(`${socket} ${action.op}: ${answer}`);
  };
  const hear = (socket: string, said: Said): void => {
    transcript.add(socket, said);
    grammar.add(socket, said);
    const nth = (counts.get(`${socket} ${said.ev}`) ?? 0) + 1;
    counts.set(`${socket} ${said.ev}`, nth);
    for (const one of happenings) {
      if (one.socket === socket && one.after?.ev === said.ev && one.after.nth === nth) act(one);
    }
  };
  for (const one of happenings) {
    if (one.after !== null) continue;
    act(one);
    if (!one.turn) continue;
    shim.run(hear);
    const { readyState, buffered, inFlight, fin } = shim.look(one.socket);
    lines.push(`${one.socket} ${readyState} ${buffered} ${inFlight} ${fin}`);
  }
  shim.run(hear);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  lines.sort(([a = ""], [b = ""]) => a.localeCompare(b)); // socket by socket
  lines.push(...transcript.lines(hex));
  lines.push(...shim.finish((socket, said) => grammar.add(socket, said)), ...grammar.faults());
  return lines;
}

const NAME = `%s does what the reference does, whatever happens (seed ${SEED})`;

test.each(BUILDS)(NAME, { timeout: 300_000 }, (build) => {
  const many = fc.tuple(fc.array(options), fc.array(happening, { maxLength: 40 }));
  const property = fc.property(many, ([settings, happenings]) => {
    const all = [...openings(settings), ...happenings];
    const shim = new CoreShim(build, { memoryBytes: 8 << 20 });
    expect(tell(shim, all)).toEqual(tell(new ReferenceShim(), all));
  });
  fc.assert(property, RUNS);
});

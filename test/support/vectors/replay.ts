/**
 * Plays one variant of a script on a shim: does what it says, compares what is said after each
 * operation, and throws with the script's line at the first difference.
 */
import { bytesOf } from "./bytes.ts";
import { Grammar } from "./grammar.ts";
import type { Expectation, Operation, Step } from "./script.ts";
import type { Action, Answer, Plain, Said, Shim } from "./shim.ts";
import { expectedLines, Transcript } from "./transcript.ts";
import { piecesOf, type Variant } from "./variants.ts";

const TRANSPORT_LOOKS = ["fin", "paused", "letGo", "secure", "timer", "milliseconds"] as const;
const LOOKS = ["readyState", "buffered", "detail", ...TRANSPORT_LOOKS] as const;

/** The digest of what was said. */
export function replay(variant: Variant, shim: Shim): string {
  return new Replay(variant, shim).play();
}

class Replay {
  readonly #shim: Shim;
  readonly #variant: Variant;
  readonly #transcript = new Transcript();
  readonly #waiting: Set<Operation>;
  readonly #grammar = new Grammar();
  readonly #counts = new Map<string, number>();
  /** What has been said since the current operation. */
  #said = new Transcript();
  #line = 1;

  constructor(variant: Variant, shim: Shim) {
    this.#variant = variant;
    this.#shim = shim;
    this.#waiting = new Set(variant.handlers);
  }

  play(): string {
    for (const step of this.#variant.steps) this.#play(step);
    const idle = [...this.#waiting].map((handler) => JSON.stringify(handler));
    this.#expect("handlers that never ran", idle, []);
    const left = this.#shim.finish((socket, said) => this.#grammar.add(socket, said));
    this.#expect("what is left behind", left, []);
    this.#expect("wrong in all that was said", this.#grammar.faults(), []);
    return this.#transcript.digest;
  }

  #play(step: Step): void {
    const { operation } = step;
    this.#line = step.line;
    this.#said = new Transcript();
    if (operation.op === "sent" && operation.n === "all") this.#takeAll(step);
    else this.#takePieces(step);
    if (operation.up === true) this.#bringUp(operation);
    this.#expect("said", this.#said.lines(), expectedLines(step.expected));
    for (const state of step.states) this.#look(state);
  }

  #takePieces(step: Step): void {
    const { operation } = step;
    for (const action of this.#actionsOf(operation)) {
      this.#act(operation, action);
      if (operation.turn !== false && operation.up !== true) this.#run(true, operation.orders);
    }
  }

  #takeAll(step: Step): void {
    const { s } = step.operation;
    for (let left = this.#shim.look(s).inFlight; left > 0; left = this.#shim.look(s).inFlight) {
      for (const count of piecesOf(step.operation, left)) {
        this.#act(step.operation, { op: "sent", count });
        this.#run();
      }
    }
  }

  #bringUp(operation: Operation): void {
    if (operation.role !== "accepted") this.#shim.act(operation.s, { op: "connected" });
    const before = this.#said;
    this.#said = new Transcript();
    this.#run(false);
    const first = `${operation.s} ${operation.role === "accepted" ? "connect" : "open"}`;
    this.#expect("said", this.#said.lines(), [first]);
    this.#said = before;
  }

  #actionsOf(operation: Operation): Action[] {
    if (operation.op === "sent") {
      const counts = piecesOf(operation, operation.n as number);
      return counts.map((count) => ({ op: "sent", count }));
    }
    if (operation.op !== "received") return [this.#actionOf(operation)];
    const bytes = bytesOf(operation);
    let begin = 0;
    return piecesOf(operation, bytes.length).map((length) => {
      begin += length;
      return { op: "received", bytes: bytes.subarray(begin - length, begin) };
    });
  }

  #actionOf(operation: Operation): Action {
    const { header } = this.#variant;
    const { op, parent = null, options = {}, role = "client" } = operation;
    if (op === "open") {
      const framing =
        role === "listener" ? operation.framing : (operation.framing ?? header.framing);
      return { op, role, parent, options, ...(framing === undefined ? {} : { framing }) };
    }
    if (op === "send") {
      return { op, bytes: bytesOf(operation), external: operation.external === true };
    }
    if (op === "failed") return { op, reason: operation.reason as string };
    if (op === "expired") return { op, timer: operation.timer as "connect" };
    if (op === "setFraming") return { op, framing: operation.framing ?? null };
    return { op: op as Plain };
  }

  #act(operation: Operation, action: Action): void {
    const answer: Answer = this.#shim.act(operation.s, action);
    const refusal = typeof answer === "string" ? answer : undefined;
    this.#expect("refused", refusal, operation.refused);
    if (operation.returns !== undefined) this.#expect("returned", answer, operation.returns);
  }

  #run(recorded = true, orders = false): void {
    this.#shim.run((socket, said) => {
      this.#said.add(socket, said);
      this.#grammar.add(socket, said);
      if (recorded) this.#transcript.add(socket, said);
      this.#handle(socket, said);
    }, orders);
  }

  /** What the app does in its handler. */
  #handle(socket: string, { ev }: Said): void {
    const count = (this.#counts.get(`${socket} ${ev}`) ?? 0) + 1;
    this.#counts.set(`${socket} ${ev}`, count);
    for (const handler of this.#waiting) {
      if (handler.s !== socket || handler.after?.[ev] !== count) continue;
      this.#waiting.delete(handler);
      this.#act(handler, this.#actionOf(handler));
    }
  }

  #look(expected: Expectation): void {
    const look = this.#shim.look(expected.state as string);
    for (const what of LOOKS) {
      const known = expected[what] !== undefined && look[what] !== undefined;
      if (known) this.#expect(what, look[what], expected[what]);
    }
  }

  #expect(what: string, actual: unknown, expected: unknown): void {
    const [is, should] = [actual, expected].map((value) => JSON.stringify(value, null, 1));
    if (is === should) return;
    const place = `${this.#variant.header.id}:${this.#line} (${this.#variant.name})`;
    throw new Error(`${place}: ${what}: ${is}\nexpected: ${should}`);
  }
}

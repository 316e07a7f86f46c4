/**
 * What sockets said, normalised: for each its events and its wire bytes, apart from each other,
 * adjacent data joined. The digest of a script is made of this and nothing else, so it is the same
 * for every build, host and split. test/vectors/README.md says how to compute it.
 */
import { type Bytes, bytesOf, sha256, show, showExpected } from "./bytes.ts";
import type { Expectation } from "./script.ts";
import type { Said } from "./shim.ts";

interface Entry {
  word: string;
  /** Empty for what carries no bytes. */
  parts: Uint8Array[];
}

export class Transcript {
  readonly #events = new Map<string, Entry[]>();
  readonly #wire = new Map<string, Uint8Array[]>();

  add(socket: string, said: Said): void {
    if (said.ev === "messages") return; // how they were batched
    const parts = "bytes" in said ? [said.bytes] : [];
    if (said.ev === "tx") {
      listOf(this.#wire, socket).push(...parts);
      return;
    }
    const events = listOf(this.#events, socket);
    const last = events.at(-1);
    if (said.ev === "data" && last?.word === "data") last.parts.push(...parts);
    else events.push({ word: wordOf(said), parts });
  }

  /** One line for each thing said, by socket, events before wire bytes. */
  lines(render: (bytes: Uint8Array) => string = show): string[] {
    const sockets = new Set([...this.#events.keys(), ...this.#wire.keys()]);
    return [...sockets].sort().flatMap((socket) => {
      const events = (this.#events.get(socket) ?? []).map(({ word, parts }) =>
        parts.length === 0
          ? `${socket} ${word}`
          : `${socket} ${word} ${render(Buffer.concat(parts))}`,
      );
      const wire = Buffer.concat(this.#wire.get(socket) ?? []);
      return wire.length === 0 ? events : [...events, `${socket} tx ${render(wire)}`];
    });
  }

  get digest(): string {
    const lines = this.lines((bytes) => `${bytes.length} ${sha256(bytes)}`);
    return sha256(lines.map((line) => `${line}\n`).join(""));
  }
}

function listOf<Item>(lists: Map<string, Item[]>, socket: string): Item[] {
  const list = lists.get(socket) ?? [];
  lists.set(socket, list);
  return list;
}

function wordOf(said: Exclude<Said, { ev: "tx" }>): string {
  if (said.ev === "error") return `error ${said.why}`;
  if (said.ev === "close") return said.clean ? "close clean" : "close";
  return said.ev;
}

const known = new WeakMap<readonly Expectation[], string[]>();

/** The lines that a transcript of what is expected would have. */
export function expectedLines(expected: readonly Expectation[]): string[] {
  const lines = known.get(expected) ?? render(expected);
  known.set(expected, lines);
  return lines;
}

function render(expected: readonly Expectation[]): string[] {
  const sockets = new Set(expected.map(({ s, tx }) => (s ?? tx) as string));
  return [...sockets].sort().flatMap((socket) => {
    const events = expected.filter(({ s }) => s === socket);
    const lines = joinData(events).flatMap((event) => {
      return Array(event.times ?? 1).fill(`${socket} ${lineOf(event)}`) as string[];
    });
    const wire = Buffer.concat(expected.filter(({ tx }) => tx === socket).map(bytesOf));
    return wire.length === 0 ? lines : [...lines, `${socket} tx ${show(wire)}`];
  });
}

function joinData(events: readonly Expectation[]): Expectation[] {
  const joined: Expectation[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.ev === "data" && last?.ev === "data") {
      const parts: Bytes[] = [last, event];
      joined[joined.length - 1] = { ev: "data", s: event.s as string, parts };
    } else {
      joined.push(event);
    }
  }
  return joined;
}

function lineOf(event: Expectation): string {
  if (event.ev === "error") return `error ${event.kind ?? event.reason}`;
  if (event.ev === "close") return event.clean === true ? "close clean" : "close";
  const carries = event.ev === "message" || event.ev === "data";
  return carries ? `${event.ev} ${showExpected(event)}` : `${event.ev}`;
}

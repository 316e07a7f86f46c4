/**
 * Conformance scripts as they are read from test/vectors: checked against the schema line by line,
 * then grouped into operations, each with what must follow before the next one.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { Framing } from "../reference/framing.ts";
import type { Bytes } from "./bytes.ts";
import { FOLDER } from "./lock.ts";
import { Schemas } from "./schema.ts";
import type { EngineOptions, Refusal, Role, SocketOptions, Timer } from "./shim.ts";

export interface Header {
  sansock: 1;
  id: string;
  about: string;
  facts?: string[];
  requires?: string[];
  flags?: string[];
  framing?: Framing;
  split?: "every" | "none";
  engine?: EngineOptions;
}

export interface Operation extends Bytes {
  op: string;
  s: string;
  role?: Role;
  parent?: string;
  /** The transport of a socket just opened is up at once, and that is not compared. */
  up?: true;
  options?: SocketOptions;
  framing?: Framing | null;
  n?: number | "all";
  /** In pieces of these sizes; the last holds for the rest. */
  pieces?: number[];
  /** The payload stays with the host. */
  external?: true;
  reason?: string;
  timer?: Timer;
  /** send()'s boolean. */
  returns?: boolean;
  refused?: Refusal;
  /** In the handler of the socket's so-manieth event of this kind, not here. */
  after?: Record<string, number>;
  /** false: nothing is polled between this operation and the next. */
  turn?: false;
  /** Between this operation and the next orders are obeyed, and events wait. */
  orders?: true;
}

export interface Expectation extends Bytes {
  ev?: string;
  s?: string;
  kind?: string;
  reason?: string;
  clean?: boolean;
  /** So many messages that are all the same. */
  times?: number;
  tx?: string;
  state?: string;
  readyState?: string;
  buffered?: number;
  fin?: boolean;
  paused?: boolean;
  letGo?: boolean;
  detail?: number;
  secure?: boolean;
  timer?: string;
  milliseconds?: number;
}

/** An operation of the script's own order, and everything that is said before the next one. */
export interface Step {
  line: number;
  operation: Operation;
  expected: Expectation[];
  states: Expectation[];
}

export interface Script {
  header: Header;
  steps: Step[];
  /** What handlers do, in the order of the script. */
  handlers: Operation[];
}

const schemas = new Schemas(JSON.parse(readFileSync(`${FOLDER}schema.json`, "utf8")));

/** Reads a script. Whatever is wrong with it is thrown, with its line. */
export function parse(text: string, id: string): Script {
  const [header, ...rest] = text.trimEnd().split("\n").map(parseLine(id));
  if (header?.sansock !== 1) throw new Error(`${id}:1 is no header`);
  if (header.id !== id) throw new Error(`${id}:1 says that it is ${header.id}`);
  const script: Script = { header: header as never, steps: [], handlers: [] };
  for (const [index, line] of rest.entries()) place(line, index + 2, script);
  return script;
}

function parseLine(id: string): (line: string, index: number) => Record<string, unknown> {
  return (line, index) => {
    const at = `${id}:${index + 1}`;
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new Error(`${at} is no JSON: ${(error as Error).message}`);
    }
    const faults = schemas.check(undefined, value, at);
    if (faults.length > 0) throw new Error(faults.join("; "));
    if (index > 0 && "sansock" in value) throw new Error(`${at} is a second header`);
    return value;
  };
}

function place(line: Record<string, unknown>, at: number, script: Script): void {
  const { id } = script.header;
  const last = script.steps.at(-1);
  if ("op" in line) {
    const operation = line as never as Operation;
    if (operation.after !== undefined) script.handlers.push(operation);
    else script.steps.push({ line: at, operation, expected: [], states: [] });
  } else if (last === undefined) {
    throw new Error(`${id}:${at} expects something before anything is done`);
  } else if ("state" in line) {
    last.states.push(line);
  } else if (last.states.length > 0) {
    throw new Error(`${id}:${at}: states are looked at when all is said, so they stand last`);
  } else {
    last.expected.push(line);
  }
}

/** All scripts of test/vectors, by name. */
export function readScripts(): Script[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const ids = folders.flatMap(({ name }) =>
    readdirSync(`${FOLDER}${name}`).map((file) => `${name}/${file.replace(/\.ndjson$/, "")}`),
  );
  return ids.sort().map((id) => parse(readFileSync(`${FOLDER}${id}.ndjson`, "utf8"), id));
}

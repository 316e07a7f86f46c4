/**
 * What happened in a schedule, as a script in the format of test/vectors: the reports and calls of
 * each socket, and what it said. Where the format has no words the line is a comment, and so is the
 * rule that was broken, at the end.
 */

/** One thing that happened: a line of a script, with bytes as bytes, and more. */
export interface Entry {
  readonly op?: string;
  readonly ev?: string;
  readonly tx?: string;
  readonly s?: string;
  readonly bytes?: Uint8Array;
  readonly messages?: readonly Uint8Array[];
  readonly [more: string]: unknown;
}

type Line = Record<string, unknown>;

const REFUSALS: Record<string, string> = {
  InvalidStateError: "state",
  RangeError: "range",
  QuotaExceededError: "limit",
};

const REASONS: Record<string, string> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "notFound",
  ECONNRESET: "reset",
  ConnectionRefusedError: "refused",
  DomainNotFoundError: "notFound",
};

const KINDS: Record<string, string> = {
  ERR_MESSAGE_TOO_LONG: "tooLong",
  ERR_MESSAGE_UNTERMINATED: "tooLong",
  ERR_MESSAGE_MALFORMED: "malformed",
  ERR_MESSAGE_INCOMPLETE: "incomplete",
};

/** The lines of the script. */
export function scriptOf(entries: readonly object[], seed: number, about: string): string[] {
  const header = { sansock: 1, id: `simulation/seed-${seed}`, about, requires: ["framing"] };
  const engine = { memoryBytes: 1 << 20, maxSockets: 8, windowBytes: 16_384 };
  const clean = new Set<string>();
  const failed = new Set<string>();
  const lines = (entries as readonly Entry[]).flatMap((entry) => {
    if (entry.ev === "error") failed.add(entry.s ?? "");
    if (entry.ev === "close" && !failed.has(entry.s ?? "")) clean.add(entry.s ?? "");
    return linesOf(entry, clean);
  });
  const json = [{ ...header, engine }, ...lines].map((line) => {
    return typeof line === "string" ? line : JSON.stringify(line);
  });
  return [...json, `// broken: ${about}`];
}

function linesOf(entry: Entry, clean: ReadonlySet<string>): (Line | string)[] {
  const { op, ev, tx } = entry;
  if (tx !== undefined) return [{ tx, ...hex(entry.bytes) }];
  if (ev !== undefined) return eventLines(entry, clean);
  if (op !== undefined) return operation(entry);
  return [`// ${JSON.stringify(entry, shown)}`];
}

function eventLines({ ev, s, ...more }: Entry, clean: ReadonlySet<string>): Line[] {
  if (ev === "close") return [{ ev, s, clean: clean.has(s ?? "") }];
  if (ev === "error") return [{ ev, s, ...reasonOf(more as { name: string; code: string }) }];
  if (ev !== "data" && ev !== "messages") return [{ ev, s }];
  const name = more.framed === true ? "message" : "data";
  const all = more.messages ?? [more.bytes as Uint8Array];
  return all.map((bytes) => ({ ev: name, s, ...hex(bytes) }));
}

function reasonOf({ name, code }: { name: string; code: string }): Line {
  const kind = KINDS[code];
  return kind === undefined ? { reason: REASONS[code] ?? REASONS[name] ?? "network" } : { kind };
}

function operation({ op, s, bytes, expected, code, ...more }: Entry): (Line | string)[] {
  const { after } = more;
  const line: Line = { op, s, ...hex(bytes), ...(after !== undefined && { after }) };
  if (op === "open") return [opening(line, more)];
  if (op === "failed") return [{ ...line, reason: REASONS[code as string] ?? "network" }];
  if (op === "sent") return [{ ...line, n: more.n }];
  if (op === "setFraming") return [{ ...line, framing: more.framing }];
  if (op === "send" && typeof expected === "boolean") return [{ ...line, returns: expected }];
  if (Array.isArray(expected)) return [{ ...line, refused: REFUSALS[expected[0]] ?? expected[0] }];
  return [line];
}

function opening(line: Line, { role, parent, framing, options, up }: Line): Line {
  const given = Object.entries((options ?? {}) as Line).filter(([, value]) => value !== Infinity);
  return {
    ...line,
    role,
    ...(parent !== undefined && { parent }),
    ...(up !== undefined && { up }),
    ...(framing !== undefined && { framing }),
    ...(given.length > 0 && { options: Object.fromEntries(given) }),
  };
}

function hex(bytes: Uint8Array | undefined): { hex?: string } {
  return bytes === undefined ? {} : { hex: Buffer.from(bytes).toString("hex") };
}

function shown(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

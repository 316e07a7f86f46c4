/**
 * Plays conformance scripts (test/vectors/README.md) in any JavaScript host: reads a stream of them,
 * makes a fresh engine for each, and answers a line a script. Which engine, the raw core or the
 * component, it does not know; it uses nothing but what every JavaScript host has.
 */
const READ_MAX = 16384;

/** @param make the engine of a script, from the `engine` of its header */
export async function* play(stream, make) {
  for (const lines of scripts(stream)) {
    const [header, ...rest] = lines;
    try {
      yield `${header.id} ${await playOne(header, rest, make(header.engine ?? {}))}`;
    } catch (error) {
      yield `${header.id} error ${String(error?.message ?? error).replaceAll("\n", " ")}`;
    }
  }
}

function scripts(stream) {
  const all = [];
  for (const text of stream.split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text);
    if ("sansock" in line) all.push([]);
    all.at(-1).push(line);
  }
  return all;
}

function playOne(header, lines, engine) {
  const transcript = new Transcript();
  const operations = lines.filter(({ op }) => op !== undefined);
  const waiting = new Set(operations.filter(({ after }) => after !== undefined));
  const counts = new Map();
  const act = (operation) => engine.act(operation, header.framing);
  const run = (recorded = true) => {
    engine.run((socket, said) => {
      if (recorded && said.word !== "messages") transcript.add(socket, said);
      const key = `${socket} ${said.word}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const handler of waiting) {
        if (handler.s !== socket || handler.after[said.word] !== counts.get(key)) continue;
        waiting.delete(handler);
        for (const piece of parts(handler)) act(piece);
      }
    });
  };
  for (const operation of operations) {
    if (operation.after === undefined) step(operation, engine, act, run);
  }
  if (waiting.size > 0) throw new Error("a handler never ran");
  return transcript.digest();
}

function step(operation, engine, act, run) {
  const { op, s, n, up, turn } = operation;
  if (op === "sent" && n === "all") {
    while (engine.inFlight(s) > 0) {
      for (const size of pieces(operation, engine.inFlight(s))) {
        act({ op, s, n: size });
        run();
      }
    }
    return;
  }
  for (const piece of parts(operation)) {
    act(piece);
    if (turn !== false && up !== true) run();
  }
  if (up !== true) return;
  if (operation.role !== "accepted") act({ op: "connected", s });
  run(false);
}

function parts(operation) {
  if (operation.op === "sent") {
    return pieces(operation, operation.n).map((n) => ({ ...operation, n }));
  }
  if (operation.op === "send") return [{ ...operation, bytes: bytesOf(operation) }];
  if (operation.op !== "received") return [operation];
  const bytes = bytesOf(operation);
  let begin = 0;
  return pieces(operation, bytes.length).map((size) => {
    begin += size;
    return { ...operation, bytes: bytes.subarray(begin - size, begin) };
  });
}

/** The last of `pieces` holds for the rest. */
function pieces({ pieces: sizes = [READ_MAX] }, length) {
  if (length === 0) return [0];
  const all = [];
  for (let left = length; left > 0; left -= all.at(-1)) {
    all.push(Math.min(left, sizes[Math.min(all.length, sizes.length - 1)], READ_MAX));
  }
  return all;
}

export function bytesOf({ hex, text, rep, parts: several }) {
  if (hex !== undefined) {
    return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
  }
  if (text !== undefined) return Uint8Array.from(text, (char) => char.charCodeAt(0));
  if (rep === undefined) return joined((several ?? []).map(bytesOf));
  const unit = bytesOf({ hex: rep[0] });
  return Uint8Array.from({ length: unit.length * rep[1] }, (_, i) => unit[i % unit.length]);
}

export function joined(chunks) {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** What was said: for each socket its events, then its wire bytes; adjacent data joined. */
class Transcript {
  #events = new Map();
  #wire = new Map();

  add(socket, { word, bytes, more }) {
    if (word === "tx") return listOf(this.#wire, socket).push(bytes);
    const events = listOf(this.#events, socket);
    const last = events.at(-1);
    if (word === "data" && last?.word === "data") last.chunks.push(bytes);
    else events.push({ word, more, chunks: bytes === undefined ? undefined : [bytes] });
  }

  async digest() {
    const sockets = new Set([...this.#events.keys(), ...this.#wire.keys()]);
    const lines = [...sockets].sort().flatMap((socket) => {
      const said = listOf(this.#events, socket).map(async ({ word, more, chunks }) => {
        if (chunks !== undefined) return `${socket} ${word} ${await shown(chunks)}\n`;
        return `${socket} ${word}${more === undefined ? "" : ` ${more}`}\n`;
      });
      const wire = listOf(this.#wire, socket);
      return wire.length === 0
        ? said
        : [...said, shown(wire).then((hash) => `${socket} tx ${hash}\n`)];
    });
    return sha256(new TextEncoder().encode((await Promise.all(lines)).join("")));
  }
}

function listOf(lists, key) {
  if (!lists.has(key)) lists.set(key, []);
  return lists.get(key);
}

async function shown(chunks) {
  const bytes = joined(chunks);
  return `${bytes.length} ${await sha256(bytes)}`;
}

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

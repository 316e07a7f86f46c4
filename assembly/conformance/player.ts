/**
 * Plays one script: operations in their order, each followed by a run, handlers when their event
 * comes. Keeps what was said, and the first thing that went wrong.
 */
import { bytesOf } from "./bytes.ts";
import { Host, Listener } from "./host.ts";
import { Json } from "./json.ts";
import { refusalOf } from "./names.ts";
import { Transcript } from "./transcript.ts";

const READ_MAX: i64 = 16384;

export class Player extends Listener {
  transcript: Transcript = new Transcript();
  fault: string = "";
  private host: Host = new Host();
  private framing: Json | null = null;
  private handlers: Json[] = [];
  private counts: Map<string, i64> = new Map<string, i64>();
  private recorded: bool = true;

  play(header: Json, lines: Json[]): void {
    if (header.has("framing")) this.framing = header.get("framing");
    const sizes = header.has("engine") ? header.get("engine") : new Json();
    const result = this.host.start(
      <i32>sizes.numberOf("memoryBytes", 16 << 20),
      <i32>sizes.numberOf("maxSockets", 32),
      <i32>sizes.numberOf("windowBytes", READ_MAX),
    );
    if (result < 0) {
      this.fail("the engine", "refused " + refusalOf(result));
      return;
    }
    for (let i = 0; i < lines.length; i++) {
      if (lines[i].has("after")) this.handlers.push(lines[i]);
    }
    for (let i = 0; i < lines.length; i++) {
      if (lines[i].has("op") && !lines[i].has("after")) this.step(lines[i]);
    }
    if (this.handlers.length > 0) this.fail(this.handlers[0].get("op").text, "never ran");
  }

  said(socket: string, word: string, detail: string, bytes: Uint8Array | null): void {
    if (this.recorded && word !== "messages") {
      if (word === "tx") this.transcript.wire(socket, bytes!);
      else if (bytes !== null) this.transcript.bytes(socket, word, bytes);
      else this.transcript.event(socket, detail === "" ? word : word + " " + detail);
    }
    const key = socket + " " + word;
    this.counts.set(key, this.counts.has(key) ? this.counts.get(key) + 1 : 1);
    for (let i = 0; i < this.handlers.length; i++) {
      const handler = this.handlers[i];
      const after = handler.get("after");
      if (handler.get("s").text !== socket || !after.has(word)) continue;
      if (after.get(word).number !== this.counts.get(key)) continue;
      this.handlers.splice(i--, 1);
      this.check(handler, this.host.act(handler));
    }
  }

  private step(operation: Json): void {
    const op = operation.get("op").text;
    const name = operation.get("s").text;
    const turn = operation.flagOf("turn", !operation.has("turn"));
    if (op === "open") {
      this.check(operation, this.host.open(operation, this.framingOf(operation)));
      if (operation.has("up")) this.bringUp(operation);
      else if (turn) this.host.run(this);
    } else if (op === "received") {
      const bytes = bytesOf(operation);
      const sizes = piecesOf(operation, bytes.length);
      for (let i = 0, begin = 0; i < sizes.length; begin += sizes[i++]) {
        const piece = bytes.subarray(begin, begin + sizes[i]);
        this.check(operation, this.host.receive(name, piece));
        if (turn) this.host.run(this);
      }
    } else if (op === "sent") {
      this.take(operation, name, turn);
    } else {
      this.check(operation, this.host.act(operation));
      if (turn) this.host.run(this);
    }
  }

  private take(operation: Json, name: string, turn: bool): void {
    const all = operation.get("n").isText;
    const seat = this.host.seat(name);
    let left = all ? seat.inFlight : <i32>operation.get("n").number;
    if (all && left === 0) return;
    do {
      const sizes = piecesOf(operation, left);
      for (let i = 0; i < sizes.length; i++) {
        this.check(operation, this.host.take(name, sizes[i]));
        if (turn) this.host.run(this);
      }
      left = seat.inFlight;
    } while (all && left > 0);
  }

  /** The transport is up, and that is not told. */
  private bringUp(operation: Json): void {
    if (operation.get("role").text !== "accepted") {
      const connected = new Json();
      connected.members.set("op", textOf("connected"));
      connected.members.set("s", operation.get("s"));
      this.check(connected, this.host.act(connected));
    }
    this.recorded = false;
    this.host.run(this);
    this.recorded = true;
  }

  private framingOf(operation: Json): Json | null {
    if (operation.has("framing")) return operation.get("framing");
    return operation.get("role").text === "listener" ? null : this.framing;
  }

  private check(operation: Json, result: i32): void {
    const refusal = refusalOf(result);
    const op = operation.get("op").text;
    if (refusal !== operation.textOf("refused", "")) {
      this.fail(op, refusal === "" ? "not refused" : "refused " + refusal);
    } else if (operation.has("returns") && operation.get("returns").isTrue !== (result === 1)) {
      this.fail(op, "returned " + result.toString());
    }
  }

  private fail(op: string, what: string): void {
    if (this.fault === "") this.fault = op + ": " + what;
  }
}

function textOf(text: string): Json {
  const json = new Json();
  json.isText = true;
  json.text = text;
  return json;
}

/** The last of `pieces` holds for the rest. */
function piecesOf(operation: Json, length: i32): i32[] {
  const sizes: i32[] = [];
  const pieces = operation.has("pieces") ? operation.get("pieces").items : ([] as Json[]);
  for (let left = length; left > 0; left -= sizes[sizes.length - 1]) {
    const index = min(sizes.length, pieces.length - 1);
    const size = pieces.length > 0 ? min(pieces[index].number, READ_MAX) : READ_MAX;
    sizes.push(<i32>min(<i64>left, size));
  }
  if (length === 0) sizes.push(0);
  return sizes;
}

/**
 * A WASI command that shows, wherever it runs, that the core in it behaves as everywhere: reads one
 * conformance script from its standard input, plays it on the core beside it in the same memory, and
 * prints `<id> <digest>`; what was said, a line each, goes to standard error.
 *
 *   | static | engine: ENGINE_BYTES at most | what this command allocates |
 *
 * One script a run, because an engine is made once and scripts say how large it is. Nothing is freed.
 */
import { ENGINE_BYTES } from "./conformance/host.ts";
import { Json, parseJson } from "./conformance/json.ts";
import { Player } from "./conformance/player.ts";
import { digest } from "./conformance/transcript.ts";

const READ_BYTES: i32 = 65536;

// Before anything else is allocated: the engine takes memory from the same place on.
heap.alloc(<usize>ENGINE_BYTES);
main();

function main(): void {
  const lines = readInput().split("\n");
  const header = parseJson(lines[0]);
  const operations: Json[] = [];
  for (let i = 1; i < lines.length; i++) {
    if (lines[i].length > 0) operations.push(parseJson(lines[i]));
  }
  const player = new Player();
  player.play(header, operations);
  const said = player.transcript.lines();
  process.stderr.write(said.join(""));
  const answer = player.fault === "" ? digest(said) : "error " + player.fault;
  process.stdout.write(header.get("id").text + " " + answer + "\n");
}

function readInput(): string {
  let buffer = new ArrayBuffer(READ_BYTES);
  let used = 0;
  for (let count = read(buffer, used); count > 0; count = read(buffer, used)) {
    used += count;
    if (used < buffer.byteLength) continue;
    const larger = new ArrayBuffer(buffer.byteLength * 2);
    memory.copy(changetype<usize>(larger), changetype<usize>(buffer), used);
    buffer = larger;
  }
  return String.UTF8.decode(buffer.slice(0, used));
}

function read(buffer: ArrayBuffer, at: i32): i32 {
  return process.stdin.read(buffer, at);
}

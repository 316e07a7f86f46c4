/**
 * Any export with any arguments in any order, before and after `init`. Each answers with a result the
 * ABI knows, E_STALE exactly for handles that name nothing; and the canary notices nothing.
 *
 * All that is called comes from the seed and from what the core answers, so a run can be repeated and
 * its calls' times compared one by one.
 */
import * as abi from "../../assembly/abi.ts";
import type { CoreExports } from "../../bindings/core.ts";
import { type CoreRecord, Embedder, SMALL } from "./embedder.ts";
import { Canary } from "./fuzz-canary.ts";
import { anyDouble, hostile, Random } from "./fuzz-random.ts";
import { check } from "./fuzz-socket.ts";
import { framing } from "./fuzz-stream.ts";

/** Export → what it takes: a handle, any i32, any f64. */
export const ARGUMENTS: Record<keyof CoreExports, string> = {
  ...{ abi_version: "", control: "", init: "i", open: "ihi", poll: "i", gather: "h" },
  ...{ reserve: "hi", commit: "hi", send_external: "hd", set_framing: "hi", delivered: "hi" },
  ...{ encode_begin: "hd", encode_part: "hi", encode_end: "h", suspend: "h", resume: "h" },
  ...{ claim: "hi", close: "h", abort: "h", half_close: "h", upgrade: "h", secured: "h" },
  ...{ connected: "h", received: "hi", sent: "hi", ended: "h", failed: "hi", closed: "h" },
  ...{ expired: "hi", ready_state: "h", buffered_amount: "h", bytes_sent: "h" },
  ...{ received_external: "hi", bytes_received: "h", next_phase: "ii", ready_state_of: "i" },
};
const NAMES = Object.keys(ARGUMENTS) as (keyof CoreExports)[];
const CONFIGS: readonly (readonly number[] | null)[] = [null, SMALL, [1 << 20, 9, 16384], []];
const ENDS = ["upgrade", "close", "abort", "closed", "failed", "ended", "half_close"];

export class AnyCalls {
  /** Milliseconds of each call. */
  readonly times: number[] = [];
  readonly #core: Embedder;
  readonly #random: Random;
  readonly #living = new Set<number>();
  readonly #dead: number[] = [0, -1];
  #canary: Canary | null = null;
  #ready = false;

  constructor(build: string, seed: number) {
    this.#random = new Random(seed);
    const config = this.#random.of(CONFIGS);
    this.#core = new Embedder(build, config);
    if (config !== null) this.#begin();
  }

  run(calls: number): void {
    for (let i = 0; i < calls; i++) this.#call(this.#name());
    for (let i = 0; this.#poll(1) > 0; i++) check(i < 20_000, "polls without end");
    this.#canary?.check();
  }

  #begin(): void {
    this.#ready = true;
    this.#canary = Canary.in(this.#core);
  }

  /** Those that end sockets less often, or nothing would ever happen to them. */
  #name(): keyof CoreExports {
    const random = this.#random;
    if (random.chance(20)) return random.of(["open", "connected", "received", "poll"] as const);
    const name = random.of(NAMES);
    return ENDS.includes(name) && random.chance(90) ? "poll" : name;
  }

  #handle(): number {
    const random = this.#random;
    const living = [...this.#living];
    if (random.chance(75) && living.length > 0) return random.of(living);
    const canary = random.of(this.#canary?.handles ?? [5]);
    const other = [random.of(this.#dead), canary + (1 << 20), ~canary, hostile(random)];
    const handle = random.of(other) | 0;
    return this.#canary?.handles.includes(handle) ? ~handle : handle;
  }

  #call(name: keyof CoreExports): void {
    const random = this.#random;
    const args = Array.from(ARGUMENTS[name], (type) => {
      if (type === "h") return this.#handle();
      return type === "d" ? anyDouble(random) : hostile(random);
    });
    this.#prepare(name, args);
    const known = this.#living.has(args[name === "open" ? 1 : 0] as number);
    if (name === "poll") this.#poll(args[0] as number);
    else this.#answer(name, args, known, this.#timed(name, args));
  }

  #timed(name: keyof CoreExports, args: readonly number[]): number {
    const call = this.#core.call[name] as (...args: readonly number[]) => number;
    const memory = this.#core.bytes.buffer.byteLength;
    const start = performance.now();
    const result = call(...args);
    const milliseconds = performance.now() - start;
    // Where memory grew, a JavaScript engine may have collected its garbage: not the core's time.
    this.times.push(this.#core.bytes.buffer.byteLength === memory ? milliseconds : 0);
    return result;
  }

  /** What a host writes before it calls: words, now and then sensible ones, and the window's bytes. */
  #prepare(name: keyof CoreExports, args: number[]): void {
    const random = this.#random;
    const core = this.#core;
    if (name === "received") {
      const count = Math.min(
        Math.max(args[1] as number, 0),
        core.control(abi.CONTROL_WINDOW_BYTES),
      );
      const at = core.control(abi.CONTROL_WINDOW);
      core.bytes.fill(random.of([0, 1, 10, 13, 65, 255]), at, at + count);
    }
    if (!["init", "open", "set_framing"].includes(name)) return;
    const headroom = Math.max(core.control(abi.CONTROL_HEADROOM_BYTES), 20_000);
    let words = Array.from({ length: 9 }, () => hostile(random));
    if (name === "init") words = [random.of([1 << 20, 4 << 20]), random.of([0, 9]), 16384];
    if (name === "set_framing") words = framing(random, headroom);
    if (name === "open") words[abi.OPEN_CONNECTIONS_MAX] = abi.NO_LIMIT;
    if (random.chance(10)) words[random.below(words.length)] = hostile(random);
    core.words.set(words, core.control(abi.CONTROL_SCRATCH) >>> 2);
    if (random.chance(80)) args[args.length - 1] = words.length;
    if (name === "open" && random.chance(80)) args[0] = random.below(3);
  }

  #answer(name: keyof CoreExports, args: readonly number[], known: boolean, result: number): void {
    const what = `${name}(${args}) = ${result}`;
    if (name === "control") return;
    const misfit = result >= -68 && result <= -64;
    check(Number.isInteger(result) && (result >= -6 || misfit), what);
    if (name === "init" && result === 0) {
      check(!this.#ready, what);
      this.#begin();
    }
    if (name === "open" && result > 0) {
      check(!this.#living.has(result), `${what} twice`);
      this.#living.add(result);
    }
    const probe = name === "set_framing" && args[0] === 0;
    if (ARGUMENTS[name].startsWith("h") && !probe) check((result === abi.E_STALE) === !known, what);
    if (name === "gather" && result > 0) this.#gathered(result);
  }

  #gathered(count: number): void {
    const core = this.#core;
    const at = core.control(abi.CONTROL_IOV) >>> 2;
    for (let i = 0; i < count; i++) {
      const [address = 0, length = 0] = core.words.subarray(at + 2 * i);
      check(length > 0 && address + length <= core.bytes.length, "gathered outside memory");
      if (address > 0) this.#canary?.foreign(core.bytes.subarray(address, address + length));
    }
  }

  #poll(events: number): number {
    const start = performance.now();
    const records = this.#core.poll(events);
    this.times.push(performance.now() - start);
    for (const record of records) this.#hear(record);
    return records.length;
  }

  #hear(record: CoreRecord): void {
    const { kind, socket, a, b, c, d } = record;
    if (this.#canary?.handles.includes(socket)) {
      this.#canary.hear(record);
      return;
    }
    check(this.#living.has(socket), `${kind} of ${socket}, which is gone`);
    const [at, length] = kind === "messages" ? [c, d] : [a, b];
    if ((kind === "data" && at !== 0) || kind === "messages") {
      check(at + length <= this.#core.bytes.length, `${kind} outside memory`);
      this.#canary?.foreign(this.#core.bytes.subarray(at, at + length));
    }
    if (kind !== "released") return;
    this.#living.delete(socket);
    this.#dead.push(socket);
  }
}

/**
 * One embedder out of its senses: random calls with random arguments, and what must hold all the same.
 *
 * All it decides comes from the seed and from what the core answers, so two builds that answer the
 * same are treated the same, and their transcripts can be compared.
 */
import * as abi from "../../assembly/abi.ts";
import { type CoreRecord, Embedder } from "./embedder.ts";
import { fuzzCalls } from "./fuzz-calls.ts";
import { hostile, Random } from "./fuzz-random.ts";
import { check, FuzzSocket } from "./fuzz-socket.ts";

const EVENTS = ["open", "data", "messages", "drain", "end", "error", "close", "connect"];

export class Fuzz {
  readonly transcript: string[] = [];
  readonly #core: Embedder;
  readonly #random: Random;
  readonly #sockets = new Map<number, FuzzSocket>();
  #opened = 0;
  /** Nothing in the window is being delivered. */
  #settled = true;

  constructor(build: string, seed: number) {
    this.#random = new Random(seed);
    const random = this.#random;
    const windows = [16384, 16384, 20001, 65536];
    const usual = [random.of([1, 2, 3, 8]) << 20, random.of([3, 8, 32]), random.of(windows)];
    const config = random.heavy ? [8 << 20, 3, 65536] : usual;
    this.#core = new Embedder(build, config);
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.#step();
    const core = this.#core;
    for (const socket of this.#sockets.values()) {
      core.call.abort(socket.handle);
      this.#poll(1000);
      socket.gone();
      this.#poll(1000);
    }
    check(core.control(abi.CONTROL_SOCKETS) === 0, "sockets are left");
    check(core.poolFree === core.poolBytes, `${core.poolBytes - core.poolFree} bytes are left`);
  }

  #say(what: string, result: number): number {
    this.transcript.push(`${what} = ${result}`);
    const known = result >= -6 || (result <= -64 && result >= -68);
    check(known, `${what} returned ${result}`);
    return result;
  }

  #step(): void {
    const random = this.#random;
    const socket = random.of([...this.#sockets.values()]);
    if (socket === undefined || random.chance(3)) this.#open();
    else if (random.chance(random.heavy ? 12 : 65)) this.#command(socket, false);
    else if (this.#settled) {
      if (random.heavy) this.#core.call.resume(socket.handle);
      const [count, result] = socket.receive();
      if (random.heavy && random.chance(15)) this.#core.call.suspend(socket.handle);
      if (this.#say(`received ${count}`, result) === 0) this.#settled = false;
    }
    if (random.chance(80)) this.#poll(random.of([1, 1, 3, 100]));
  }

  #open(): void {
    const random = this.#random;
    const core = this.#core;
    const role = random.of([0, 0, 1, 1, 1, 2]);
    const parent = role === abi.ROLE_ACCEPTED ? (random.of([...this.#sockets.keys()]) ?? 5) : 0;
    const options = {
      [abi.OPEN_HIGH_WATER_MARK]: random.of([0, 100, 65536]),
      [abi.OPEN_BUFFERED_MAX]: random.of([abi.NO_LIMIT, 1000, 0]),
      [abi.OPEN_FLAGS]: random.below(2),
      [abi.OPEN_IDLE_TIMEOUT]: random.of([0, 5]),
      [abi.OPEN_RECEIVE_BYTES_MAX]: random.of([0, 0, 1, 300, 20_000]),
    };
    const handle = this.#say(`open ${role}`, core.open(role, options, parent));
    if (handle <= 0) return;
    check(!this.#sockets.has(handle), "a handle came twice");
    this.#sockets.set(handle, new FuzzSocket(core, random, handle, this.#opened++));
    if (role !== abi.ROLE_ACCEPTED) core.call.connected(handle);
  }

  /** Any call but `received`; that too where it must be refused, in a handler of bytes. */
  #command(socket: FuzzSocket, inside: boolean): void {
    const random = this.#random;
    const { call } = this.#core;
    const calls = fuzzCalls(call, random, socket, inside, () => this.#command(socket, inside));
    const name = random.of(Object.keys(calls));
    this.#say(`${name} ${socket.tag}`, (calls[name] as () => number)());
    const buffered = call.buffered_amount(socket.handle);
    check(buffered >= 0 || buffered === abi.E_STALE, `bufferedAmount is ${buffered}`);
  }

  #poll(most: number): void {
    for (let i = 0; i < most; i++) {
      const events = this.#random.chance(80) ? 1 : 0;
      const records = this.#core.poll(events);
      check(records.length <= 256 && i < 900, "polls without end");
      const delivers = records.some(({ kind }) => kind === "data" || kind === "messages");
      if (events === 1) this.#settled = !delivers;
      if (records.length === 0 && events === 1) return;
      for (const record of records) this.#hear(record);
    }
  }

  #hear(record: CoreRecord): void {
    const { kind, a, b } = record;
    const socket = this.#sockets.get(record.socket);
    check(socket !== undefined, `${kind} of an unknown socket`);
    const bytes = kind === "data" || kind === "messages";
    this.transcript.push(`${kind} ${socket.tag} ${bytes ? b : `${a} ${b}`}`);
    const { events } = socket;
    if (EVENTS.includes(kind)) {
      check(!events.includes("close"), `${kind} behind close`);
      check(!events.includes("error") || kind === "close", `${kind} behind error`);
      events.push(kind);
    }
    if (kind === "released") this.#sockets.delete(record.socket);
    else if (kind === "destroy" && this.#random.chance(90)) socket.gone();
    else if (kind === "flush" && this.#random.chance(90)) socket.gather();
    else if (bytes) this.#deliver(socket, record);
  }

  #deliver(socket: FuzzSocket, record: CoreRecord): void {
    const core = this.#core;
    const random = this.#random;
    const { kind, a, b } = record;
    const read = (): Uint8Array[] => {
      if (kind === "data") return a === 0 ? [] : [core.bytes.slice(a, a + b)]; // 0: they are not there
      return messages(core, record);
    };
    const before = read();
    for (const message of before) {
      socket.mine(message);
      this.transcript.push(`${message.length} ${message.subarray(0, 9)}`);
    }
    const calls = random.of([0, 0, 0, 1, 3]);
    const any = [socket, ...this.#sockets.values()];
    for (let i = 0; i < calls; i++) this.#command(random.of(any), true);
    const same = read().every((now, i) => Buffer.from(now).equals(before[i] as Uint8Array));
    check(same, "bytes changed in the handler");
    if (kind === "data" || random.chance(50)) return;
    const count = random.chance(80) ? 1 + random.below(b) : hostile(random);
    const result = this.#say(`delivered ${count}`, core.call.delivered(socket.handle, count));
    check(result === 0 || result === abi.E_ARG, `delivered returned ${result}`);
  }
}

/** The messages of a record, all of them within its span and that within memory. */
function messages(core: Embedder, record: CoreRecord): Uint8Array[] {
  const { a, b, c, d } = record;
  check(a % 4 === 0 && b > 0 && a + b * 8 <= core.bytes.length, "table outside memory");
  check(c + d <= core.bytes.length, "span outside memory");
  const table = core.words.subarray(a / 4, a / 4 + b * 2);
  for (let i = 0; i < b * 2; i += 2) {
    check((table[i] as number) + (table[i + 1] as number) <= d, "message outside its span");
  }
  return core.messages(record);
}

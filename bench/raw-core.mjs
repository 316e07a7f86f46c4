/**
 * core.wasm without bindings and without I/O, as docs/abi.md has it: for questions about what the
 * core itself takes. Its numbers are those of assembly/abi.ts, as plain literals.
 */
import { readFileSync } from "node:fs";
import { DIST } from "./library.mjs";

const WINDOW = 2;
const RECORDS = 5;
const SCRATCH = 15;
const RECORD_WORDS = 8;
const MESSAGES = 3;
const ERROR = 6;
const ROLE_CLIENT = 0;

export class RawCore {
  #call;
  #bytes;
  #words;
  #window;
  #records;
  #scratch;

  constructor() {
    const wasm = readFileSync(new URL("core.wasm", DIST));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    this.#call = exports;
    const control = exports.control() >>> 2;
    if (exports.init(0) < 0) throw new Error("init refused");
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#words = new Uint32Array(exports.memory.buffer);
    this.#window = this.#words[control + WINDOW];
    this.#records = this.#words[control + RECORDS] >>> 2;
    this.#scratch = this.#words[control + SCRATCH] >>> 2;
  }

  /** An open client with a framing, described by the words of set_framing. */
  open(framing) {
    const call = this.#call;
    const socket = checked("open", call.open(ROLE_CLIENT, 0, 0));
    this.#words.set(framing, this.#scratch);
    checked("set_framing", call.set_framing(socket, framing.length));
    checked("connected", call.connected(socket));
    while (call.poll(1) > 0);
    return socket;
  }

  /** Delivers a stream one byte a read; `take(bytes, offset, size)` gets each message, borrowed. */
  trickle(socket, stream, take) {
    const { received, poll } = this.#call;
    const bytes = this.#bytes;
    const window = this.#window;
    for (let at = 0; at < stream.length; at++) {
      bytes[window] = stream[at];
      if (received(socket, 1) !== 0) throw new Error(`received() refused byte ${at}`);
      for (let count = poll(1); count > 0; count = poll(1)) this.#read(count, take);
    }
  }

  release(socket) {
    const call = this.#call;
    call.abort(socket);
    while (call.poll(1) > 0);
    call.closed(socket);
    while (call.poll(1) > 0);
  }

  #read(count, take) {
    const words = this.#words;
    for (let record = 0; record < count; record++) {
      const [kind, , a, b, base] = words.subarray(this.#records + record * RECORD_WORDS);
      if (kind === ERROR) throw new Error(`the core failed the socket for reason ${a}`);
      if (kind !== MESSAGES) continue;
      for (let i = 0; i < b; i++) {
        const cell = (a >>> 2) + i * 2;
        take(this.#bytes, base + words[cell], words[cell + 1]);
      }
    }
  }
}

function checked(call, result) {
  if (result < 0) throw new Error(`${call}() refused with ${result}`);
  return result;
}

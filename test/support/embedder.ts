/**
 * The core without bindings: exports, control words, and the records of `poll` as objects.
 *
 * For the tests in test/assembly, which drive the core as an embedder would. Obeys nothing by
 * itself; `Wire` in wire.ts does.
 */
import { readFileSync } from "node:fs";
import * as abi from "../../assembly/abi.ts";
import { ENCODE_PART_BYTES_MAX } from "../../assembly/framing/abi.ts";
import type { CoreExports } from "../../bindings/core.ts";
import { checkFraming, type FramingLike } from "../../bindings/framing.ts";
import { framingWords } from "../../bindings/framing-words.ts";

export const BUILDS: readonly string[] = ["core", "core.simd", "core.debug"];

/** 2 MiB, 32 sockets, the smallest window: small enough to fill. */
export const SMALL: readonly number[] = [2 << 20, 32, abi.WINDOW_BYTES_MIN];

export interface CoreRecord {
  kind: string;
  socket: number;
  a: number;
  b: number;
  c: number;
  d: number;
}

const KINDS = new Map(
  Object.entries(abi)
    .filter(([name]) => /^(EVENT|ORDER|RECORD)_[A-Z]+$/.test(name) && name !== "RECORD_WORDS")
    .map(([name, value]) => [value as number, name.replace(/^\w+?_/, "").toLowerCase()]),
);

const modules = new Map<string, WebAssembly.Module>();

function load(build: string): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    module = new WebAssembly.Module(
      readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)),
    );
    modules.set(build, module);
  }
  return module;
}

export class Embedder {
  readonly call: CoreExports;
  readonly memory: WebAssembly.Memory;

  constructor(build: string, config: readonly number[] | null = SMALL) {
    const exports = new WebAssembly.Instance(load(build)).exports;
    this.call = exports as unknown as CoreExports;
    this.memory = exports.memory as WebAssembly.Memory;
    this.call.control();
    if (config !== null && this.init(config) !== 0) throw new Error("init refused");
  }

  init(config: readonly number[]): number {
    this.words.set(config, this.control(abi.CONTROL_SCRATCH) >>> 2);
    return this.call.init(config.length);
  }

  get words(): Uint32Array {
    return new Uint32Array(this.memory.buffer);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  control(word: number): number {
    return this.words[(this.call.control() >>> 2) + word] as number;
  }

  /** A socket with the words of `open` given by index. */
  open(role = abi.ROLE_CLIENT, options: Record<number, number> = {}, parent = 0): number {
    const words = [65536, 0, abi.NO_LIMIT, 0, 0, 0, abi.NO_LIMIT, 0];
    for (const [index, value] of Object.entries(options)) words[Number(index)] = value;
    this.words.set(words, this.control(abi.CONTROL_SCRATCH) >>> 2);
    return this.call.open(role, parent, words.length);
  }

  /** A client that is open; its `open` has been announced. */
  opened(options: Record<number, number> = {}): number {
    const handle = this.open(abi.ROLE_CLIENT, options);
    this.call.connected(handle);
    this.drain();
    return handle;
  }

  /** The framing of these words from the first byte not yet delivered; null for none. */
  setFraming(handle: number, framing: FramingLike | null): number {
    const words = framingWords(framing && checkFraming(framing));
    this.words.set(words, this.control(abi.CONTROL_SCRATCH) >>> 2);
    return this.call.set_framing(handle, words.length);
  }

  /** The messages of a `messages` record, copied. */
  messages({ a, b, c }: CoreRecord): Uint8Array[] {
    return Array.from({ length: b }, (_, index) => {
      const [offset = 0, size = 0] = this.words.subarray((a >>> 2) + index * 2);
      return this.bytes.slice(c + offset, c + offset + size);
    });
  }

  poll(events = 1): CoreRecord[] {
    const count = this.call.poll(events);
    const at = this.control(abi.CONTROL_RECORDS) >>> 2;
    return Array.from({ length: count }, (_, index) => {
      const [kind, socket, a, b, c, d] = this.words.subarray(at + index * abi.RECORD_WORDS);
      return {
        kind: KINDS.get(kind as number) ?? `unknown ${kind}`,
        socket: socket as number,
        a: a as number,
        b: b as number,
        c: c as number,
        d: d as number,
      };
    });
  }

  /** Polls until nothing is said; the records of all polls. */
  drain(events = 1): CoreRecord[] {
    const all: CoreRecord[] = [];
    for (let records = this.poll(events); records.length > 0; records = this.poll(events)) {
      all.push(...records);
    }
    return all;
  }

  /** The same, kinds only; timers left out. */
  kinds(events = 1): string[] {
    return this.drain(events)
      .map(({ kind }) => kind)
      .filter((kind) => kind !== "timer");
  }

  /** Puts bytes into the window and reports them. */
  receive(handle: number, bytes: Uint8Array): number {
    this.bytes.set(bytes, this.control(abi.CONTROL_WINDOW));
    return this.call.received(handle, bytes.length);
  }

  /** Reports bytes and polls; the data announced, joined. */
  deliver(handle: number, bytes: Uint8Array): Uint8Array {
    this.receive(handle, bytes);
    return this.delivered();
  }

  /** Polls until nothing is said; the data announced, joined. */
  delivered(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let records = this.poll(); records.length > 0; records = this.poll()) {
      for (const { kind, a, b } of records) {
        if (kind === "data") parts.push(this.bytes.slice(a, a + b));
      }
    }
    return Buffer.concat(parts);
  }

  /** send(): through the pool if there is room; what is external is only counted. */
  send(handle: number, bytes: Uint8Array): number {
    const address = this.call.reserve(handle, bytes.length);
    if (address < 0) return address;
    if (address === 0) return this.call.send_external(handle, bytes.length);
    this.bytes.set(bytes, address);
    return this.call.commit(handle, bytes.length);
  }

  /** The frame of a payload, made piece by piece through the scratch area; or the refusal. */
  encode(handle: number, payload: Uint8Array): Uint8Array | number {
    const parts: Uint8Array[] = [];
    const take = (count: number): boolean => {
      const at = this.control(abi.CONTROL_ENCODED);
      if (count > 0) parts.push(this.bytes.slice(at, at + count));
      return count >= 0;
    };
    const header = this.call.encode_begin(handle, payload.length);
    if (!take(header)) return header;
    const step = ENCODE_PART_BYTES_MAX;
    if (this.control(abi.CONTROL_ENCODES) === 0) parts.push(payload);
    else {
      for (let at = 0; at < payload.length; at += step) {
        const piece = payload.subarray(at, at + step);
        this.bytes.set(piece, this.control(abi.CONTROL_SCRATCH));
        const encoded = this.call.encode_part(handle, piece.length);
        if (!take(encoded)) return encoded;
      }
    }
    const trailer = this.call.encode_end(handle);
    return take(trailer) ? Buffer.concat(parts) : trailer;
  }

  /** What `gather` lists: pool addresses and lengths, address 0 for external bytes. */
  gather(handle: number): { address: number; length: number }[] {
    const count = this.call.gather(handle);
    const at = this.control(abi.CONTROL_IOV) >>> 2;
    return Array.from({ length: Math.max(0, count) }, (_, index) => ({
      address: this.words[at + index * 2] as number,
      length: this.words[at + index * 2 + 1] as number,
    }));
  }

  /** Gathers and takes everything at once; the bytes of the pooled part. */
  transmit(handle: number): Uint8Array {
    const entries = this.gather(handle);
    const parts = entries.map(({ address, length }) =>
      this.bytes.slice(address, address === 0 ? 0 : address + length),
    );
    this.call.sent(handle, this.control(abi.CONTROL_LENGTH));
    return Buffer.concat(parts);
  }

  /** The whole end of a connection: the app closes, the peer ends, the transport goes. */
  finish(handle: number): void {
    this.call.abort(handle);
    this.drain();
    this.call.closed(handle);
    this.drain();
  }

  get poolFree(): number {
    return this.control(abi.CONTROL_POOL_FREE);
  }

  get poolBytes(): number {
    return this.control(abi.CONTROL_POOL_BYTES);
  }
}

/** Bytes that tell position: never the same for 251 in a row. */
export function pattern(length: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7 + seed * 31 + (i >> 8)) & 0xff;
  return bytes;
}

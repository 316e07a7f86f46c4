/**
 * The core, loaded: the one file that says WebAssembly.
 *
 * Owns the instance and the views of its memory. Memory grows only in `init`, so the views made
 * there are valid for the instance's life. Every call is guarded (guard.ts).
 */
import {
  ABI_VERSION_MAJOR,
  ABI_VERSION_MINOR,
  CONTROL_DEFERRED,
  CONTROL_INTERRUPTED,
  CONTROL_IOV,
  CONTROL_LENGTH,
  CONTROL_MAGIC,
  CONTROL_RECORDS,
  CONTROL_SCRATCH,
  CONTROL_WINDOW,
  CONTROL_WINDOW_BYTES,
  MAGIC,
} from "../assembly/abi.ts";
import {
  BASELINE_PAGES_AT,
  BASELINE_PATCH_BASE64,
  SIMD_CORE_BASE64,
  SIMD_PAGES_AT,
} from "../build/core-bytes.ts";
import { patched } from "./core-patch.ts";
import { guard } from "./guard.ts";
import { Room } from "./room.ts";

/** The exports of the core; docs/abi.md describes them. */
export interface CoreExports {
  abi_version(): number;
  control(): number;
  init(words: number): number;
  open(role: number, parent: number, words: number): number;
  reserve(handle: number, length: number): number;
  commit(handle: number, length: number): number;
  send_external(handle: number, length: number): number;
  encode_begin(handle: number, length: number): number;
  encode_part(handle: number, count: number): number;
  encode_end(handle: number): number;
  set_framing(handle: number, words: number): number;
  suspend(handle: number): number;
  resume(handle: number): number;
  claim(handle: number, wanted: number): number;
  close(handle: number): number;
  abort(handle: number): number;
  half_close(handle: number): number;
  upgrade(handle: number): number;
  connected(handle: number): number;
  secured(handle: number): number;
  received(handle: number, count: number): number;
  received_external(handle: number, count: number): number;
  sent(handle: number, count: number): number;
  ended(handle: number): number;
  failed(handle: number, reason: number): number;
  closed(handle: number): number;
  expired(handle: number, kind: number): number;
  delivered(handle: number, count: number): number;
  poll(events: number): number;
  gather(handle: number): number;
  ready_state(handle: number): number;
  buffered_amount(handle: number): number;
  bytes_sent(handle: number): number;
  bytes_received(handle: number): number;
  next_phase(phase: number, step: number): number;
  ready_state_of(phase: number): number;
}

/** A compiled core, for `Core`; opaque outside this file. */
export type CoreModule = object;

type Decode = (base64: string) => Uint8Array<ArrayBuffer>;

/** One page, in two bytes of LEB128. */
const ONE_PAGE = [0x81, 0];

let fullSized: CoreModule | undefined;
let small: CoreModule | undefined;

/**
 * The core that comes with the package, compiled on first use: the one with SIMD where that can be
 * compiled. Both give the same results.
 *
 * It begins with the memory that engines have by default. Memory that grows detaches its buffer, and once a
 * buffer was detached V8 makes all code of the process, the app's too, look for that at each access of a typed
 * array. An engine that may be smaller grows from one page.
 * @param decode base64 to bytes: a loop over atob() takes several milliseconds of the first socket
 */
export function builtInCore(decode: Decode, mayBeSmall: boolean): CoreModule {
  if (mayBeSmall) small ??= compileFirst(decode, (core, at) => core.set(ONE_PAGE, at));
  else fullSized ??= compileFirst(decode, () => {});
  return (mayBeSmall ? small : fullSized) as CoreModule;
}

function compileFirst(decode: Decode, size: (core: Uint8Array, at: number) => void): CoreModule {
  const simd = decode(SIMD_CORE_BASE64);
  size(simd, SIMD_PAGES_AT);
  try {
    return compileCore(simd);
  } catch {
    const baseline = patched(simd, decode(BASELINE_PATCH_BASE64)); // no SIMD here
    size(baseline, BASELINE_PAGES_AT);
    return compileCore(baseline);
  }
}

/** @throws WebAssembly.CompileError if the bytes are no module */
export function compileCore(bytes: Uint8Array<ArrayBuffer>): CoreModule {
  return new WebAssembly.Module(bytes);
}

/** An instance of the core and the views of its memory. */
export class Core {
  readonly call: CoreExports;
  readonly memory: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array<ArrayBuffer>;
  /** The receive window. */
  readonly window: Uint8Array;
  /** Indices into `words`. */
  readonly records: number;
  readonly iov: number;
  /** What trapped, once something has. */
  trap: unknown;
  /** Where small payloads are put. */
  readonly room: Room;
  readonly #control: number;
  #latest: Uint8Array;

  /**
   * @param config the words of `init`, in order; missing ones take their defaults
   * @param trapped called once, when a call traps
   * @throws RangeError if the configuration cannot be had
   */
  constructor(module: CoreModule, config: readonly number[], trapped: () => void) {
    const raw = new WebAssembly.Instance(module as WebAssembly.Module)
      .exports as unknown as CoreExports & {
      memory: WebAssembly.Memory;
    };
    checkVersion(raw, raw.memory);
    const control = raw.control() >>> 2;
    const before = new Uint32Array(raw.memory.buffer);
    before.set(config, (before[control + CONTROL_SCRATCH] as number) >>> 2);
    if (raw.init(config.length) < 0) {
      const [memory, sockets, window] = config.map((word) => word || "default");
      throw new RangeError(
        `memoryBytes ${memory}, maxSockets ${sockets}, windowBytes ${window}: too little memory, or ` +
          "more sockets than 1048576, or a window outside 16384 to 16777216",
      );
    }
    this.memory = raw.memory.buffer;
    this.bytes = new Uint8Array(this.memory);
    this.words = new Uint32Array(this.memory);
    this.#control = control;
    this.records = this.control(CONTROL_RECORDS) >>> 2;
    this.iov = this.control(CONTROL_IOV) >>> 2;
    const window = this.control(CONTROL_WINDOW);
    this.window = new Uint8Array(this.memory, window, this.control(CONTROL_WINDOW_BYTES));
    this.#latest = this.window;
    this.room = new Room(this.words, control);
    this.call = guard(raw, this.room, (error) => {
      this.trap = error;
      trapped();
    });
  }

  /** A word of the control block. */
  control(word: number): number {
    return this.words[this.#control + word] as number;
  }

  /** Of memory, never to be handed out: the last one again, where it was of the same bytes, as reads often are. */
  view(address: number, length: number): Uint8Array {
    const latest = this.#latest;
    if (latest.byteOffset === address && latest.length === length) return latest;
    this.#latest = new Uint8Array(this.memory, address, length);
    return this.#latest;
  }

  get deferred(): boolean {
    return this.control(CONTROL_DEFERRED) !== 0;
  }

  /** The last call's second result. */
  get length(): number {
    return this.control(CONTROL_LENGTH);
  }

  /** A batch is being handled whose rest must wait. */
  get interrupted(): boolean {
    return this.control(CONTROL_INTERRUPTED) !== 0;
  }

  /** `set_framing`, with its description written where the core reads it. */
  setFraming(handle: number, description: readonly number[]): number {
    this.words.set(description, this.control(CONTROL_SCRATCH) >>> 2);
    return this.call.set_framing(handle, description.length);
  }

  /** `open`, with its options written where the core reads them. */
  open(role: number, parent: number, options: readonly number[]): number {
    const at = this.control(CONTROL_SCRATCH) >>> 2;
    for (let i = 0; i < options.length; i++) this.words[at + i] = options[i] as number; // set() allocates
    return this.call.open(role, parent, options.length);
  }
}

function checkVersion(raw: CoreExports, memory: WebAssembly.Memory): void {
  const version = raw.abi_version();
  const [major, minor] = [version >> 16, version & 0xffff];
  if (major !== ABI_VERSION_MAJOR || minor < ABI_VERSION_MINOR) {
    const needed = `${ABI_VERSION_MAJOR}.${ABI_VERSION_MINOR}`;
    throw new Error(
      `the core has ABI version ${major}.${minor}, these bindings need ${needed} or a later ` +
        `${ABI_VERSION_MAJOR}.x`,
    );
  }
  const magic = new Uint32Array(memory.buffer)[(raw.control() >>> 2) + CONTROL_MAGIC];
  if (magic !== MAGIC) throw new Error("the core has no control block: it is none of ours");
}

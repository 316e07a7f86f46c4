/** One socket as an embedder out of its senses treats it, and what it knows of it. */
import * as abi from "../../assembly/abi.ts";
import type { Embedder } from "./embedder.ts";
import { hostile, type Random } from "./fuzz-random.ts";
import { framing, payload, wire } from "./fuzz-stream.ts";

const TAGS = 40; // "A" to "h": the bytes that are one socket's alone

export function check(what: unknown, why: string): asserts what {
  if (!what) throw new Error(why);
}

export class FuzzSocket {
  readonly handle: number;
  readonly tag: number;
  readonly events: string[] = [];
  readonly #core: Embedder;
  readonly #random: Random;
  #words: number[] = [];
  /** What its peer has still to send. */
  #wire: Buffer = Buffer.alloc(0);
  #pinned: { address: number; bytes: Buffer }[] = [];
  /** It has committed what it had not written. */
  #careless = false;

  constructor(core: Embedder, random: Random, handle: number, index: number) {
    this.#core = core;
    this.#random = random;
    this.handle = handle;
    this.tag = 65 + (index % TAGS);
  }

  /** One read of what the peer sends. Returns the count reported and the answer. */
  receive(): [number, number] {
    const random = this.#random;
    const core = this.#core;
    while (this.#wire.length < 100_000 && random.chance(85)) {
      this.#wire = Buffer.concat([this.#wire, wire(random, this.tag, this.#words)]);
    }
    const most = core.control(abi.CONTROL_WINDOW_BYTES);
    const reads = [1, 2, 7, 300, most, most, random.below(most)];
    const part = this.#wire.subarray(0, random.heavy ? most : random.of(reads));
    if (part.length > 0 && random.chance(20)) {
      if (core.call.received_external(this.handle, part.length) === 0) {
        this.#wire = this.#wire.subarray(part.length);
        return [part.length, 0];
      }
    }
    core.bytes.set(part, core.control(abi.CONTROL_WINDOW));
    const count = random.chance(97) ? part.length : Math.min(hostile(random), part.length);
    const result = core.call.received(this.handle, count);
    if (result === 0 && count > 0) this.#wire = this.#wire.subarray(count);
    return [count, result];
  }

  frame(): number {
    const core = this.#core;
    const random = this.#random;
    const none = random.chance(random.heavy ? 3 : 20);
    const words = none ? [] : framing(random, core.control(abi.CONTROL_HEADROOM_BYTES));
    core.words.set(words, core.control(abi.CONTROL_SCRATCH) >>> 2);
    const count = random.chance(98) ? words.length : hostile(random);
    const result = core.call.set_framing(this.handle, count);
    if (result === 0) this.#words = count === 0 ? [] : words;
    if (result === 0 && random.chance(50)) this.#wire = Buffer.alloc(0);
    return result;
  }

  /** A payload; `meanwhile` happens, now and then, before it is committed. */
  send(meanwhile: () => void): number {
    const random = this.#random;
    const { call, bytes } = this.#core;
    const fixed = this.#words[0] === 1 ? [this.#words[3] ?? 0] : [];
    const size = random.of([0, 1, 12, 253, 254, 255, 500, 700, 2000, 60_000, ...fixed]) >>> 0;
    const address = call.reserve(this.handle, Math.min(size, 1 << 20));
    if (address <= 0) return address;
    bytes.set(payload(random, this.tag, size), address);
    if (random.chance(90)) return this.#committed(size);
    if (random.chance(50)) this.frame();
    else meanwhile();
    return this.commit(random.chance(80) ? size : hostile(random));
  }

  /** A payload behind the last one of this socket, where the control block shows room for it. */
  sendInRoom(): number {
    const core = this.#core;
    if (core.control(abi.CONTROL_ROOM_SOCKET) !== this.handle) return 0;
    const at = core.control(abi.CONTROL_ROOM);
    const room = core.control(abi.CONTROL_ROOM_END) - at;
    check(room >= 0 && at + room <= core.bytes.length, "room outside memory");
    const size = this.#random.of([1, 12, room, this.#random.below(room + 1)]);
    if (size > room) return 0;
    core.bytes.set(payload(this.#random, this.tag, size), at);
    const result = this.#committed(size);
    check(result === 1, `commit in the room: ${result}`);
    return result;
  }

  /** What lies there may be anybody's. */
  commit(length: number): number {
    this.#careless = true;
    return this.#committed(length);
  }

  #committed(length: number): number {
    const { call } = this.#core;
    const before = call.buffered_amount(this.handle);
    const result = call.commit(this.handle, length);
    const grown = call.buffered_amount(this.handle) > before;
    check(result < 0 || length === 0 || grown, "what was committed is not queued");
    return result;
  }

  gather(): number {
    const before = this.#pinned.length;
    const entries = this.#core.gather(this.handle);
    for (const { address, length } of entries) {
      if (address === 0) continue;
      const bytes = Buffer.from(this.#core.bytes.slice(address, address + length));
      if (!this.#careless) this.mine(bytes);
      this.#pinned.push({ address, bytes });
    }
    check(before === 0 || entries.length === 0, "gathered twice");
    return entries.length;
  }

  sent(): number {
    for (const { address, bytes } of this.#pinned) {
      const now = this.#core.bytes.subarray(address, address + bytes.length);
      check(bytes.equals(now), "bytes in flight have changed");
    }
    const most = this.#core.control(abi.CONTROL_LENGTH);
    const count = this.#random.of([hostile(this.#random), most, 1]);
    const result = this.#core.call.sent(this.handle, count);
    if (result === 0) this.#pinned = []; // parts are not followed any further
    return result;
  }

  /** The transport is gone, and what was in flight with it. */
  gone(): number {
    this.#pinned = [];
    return this.#core.call.closed(this.handle);
  }

  /** Nothing in them is another's: no more of its bytes in a row than a length field may have. */
  mine(bytes: Uint8Array): void {
    let run = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      const other = byte >= 65 && byte < 65 + TAGS && byte !== this.tag;
      run = other && byte === bytes[i - 1] ? run + 1 : 0;
      check(run < 12, `bytes of ${byte} came to ${this.tag}`);
    }
  }
}

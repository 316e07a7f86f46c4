/**
 * Conformance scripts on the core itself, through its ABI: the one file that knows the embedder.
 *
 * Does what docs/abi.md asks of a host and nothing more: polls, gathers, keeps external bytes, and
 * says `delivered` where the app stopped in the middle of a batch.
 */
import * as abi from "../../../assembly/abi.ts";
import { type CoreRecord, Embedder } from "../embedder.ts";
import {
  READY_STATES,
  REASONS,
  ROLES,
  refusalOf,
  TIMER_NAMES,
  TIMERS,
  WHY,
  wordsOf,
} from "./abi-names.ts";
import type { Action, Answer, EngineOptions, Look, Said, Shim, Timer } from "./shim.ts";

const MEMORY_BYTES = 16 << 20;
const SOCKETS = 32;

interface Seat {
  name: string;
  handle: number;
  /** What the core has no room for, from the first byte not gathered. */
  external: Uint8Array;
  inFlight: number;
  fin: boolean;
  paused: boolean;
  letGo: boolean;
  detail: number;
  secure: boolean;
  timer: Timer | "none";
  milliseconds: number;
}

/** The app has been handed so many messages of the batch, and wants no more of it. */
interface Batch {
  seat: Seat;
  stopped: boolean;
}

export class CoreShim implements Shim {
  readonly #core: Embedder;
  readonly #seats = new Map<string, Seat>();
  #batch: Batch | null = null;

  constructor(build: string, engine: EngineOptions = {}) {
    const { memoryBytes = MEMORY_BYTES, maxSockets = SOCKETS } = engine;
    const window = engine.windowBytes ?? abi.WINDOW_BYTES_MIN;
    this.#core = new Embedder(build, [memoryBytes, maxSockets, window]);
  }

  act(name: string, action: Action): Answer {
    if (action.op === "open") return this.#open(name, action);
    const seat = this.#seats.get(name);
    if (seat === undefined) throw new Error(`no socket ${name}`);
    const result = this.#do(seat, action);
    return result < 0 ? refusalOf(result) : action.op !== "send" || result === 1;
  }

  run(said: (socket: string, what: Said) => void, orders = false): void {
    const poll = (): CoreRecord[] => this.#core.poll(orders ? 0 : 1);
    for (let records = poll(); records.length > 0; records = poll()) {
      for (const record of records) {
        const seat = [...this.#seats.values()].find(({ handle }) => handle === record.socket);
        if (seat === undefined) throw new Error(`${record.kind} of an unknown socket`);
        this.#obey(seat, record, (what) => said(seat.name, what));
      }
    }
  }

  look(name: string): Look {
    const { handle, external: _, ...seen } = this.#seats.get(name) as Seat;
    const state = this.#core.call.ready_state(handle);
    const buffered = Math.max(0, this.#core.call.buffered_amount(handle)); // stale: nothing
    return { readyState: READY_STATES[state] ?? "closed", buffered, ...seen };
  }

  finish(said: (socket: string, what: Said) => void): string[] {
    for (const { handle } of this.#seats.values()) this.#core.call.abort(handle);
    this.run(said);
    for (const { handle } of this.#seats.values()) this.#core.call.closed(handle);
    this.run(said);
    const faults: string[] = [];
    const living = this.#core.control(abi.CONTROL_SOCKETS);
    const taken = this.#core.poolBytes - this.#core.poolFree;
    if (living > 0) faults.push(`${living} sockets live`);
    if (taken > 0) faults.push(`${taken} bytes of the pool are taken`);
    this.#seats.clear();
    return faults;
  }

  #open(name: string, { role, parent, options, framing }: Action & { op: "open" }): Answer {
    const listener = this.#seats.get(parent ?? "")?.handle ?? 0;
    const handle = this.#core.open(ROLES[role], wordsOf(options), listener);
    if (handle < 0) return refusalOf(handle);
    const kept = {
      external: new Uint8Array(),
      inFlight: 0,
      detail: 0,
      timer: "none" as const,
      milliseconds: 0,
    };
    const orders = { fin: false, paused: role === "accepted", letGo: false, secure: false };
    this.#seats.set(name, { name, handle, ...kept, ...orders });
    if (framing === undefined) return true;
    const result = this.#core.setFraming(handle, framing);
    return result < 0 ? refusalOf(result) : true;
  }

  #do(seat: Seat, action: Exclude<Action, { op: "open" }>): number {
    const { call } = this.#core;
    const { handle } = seat;
    switch (action.op) {
      case "received":
        return this.#core.receive(handle, action.bytes);
      case "sent":
        return this.#take(seat, action.count);
      case "failed":
        return call.failed(handle, REASONS.get(action.reason) ?? 0);
      case "expired":
        if (seat.timer === action.timer) seat.timer = "none"; // it has run out
        return call.expired(handle, TIMERS[action.timer]);
      case "send":
        return this.#send(seat, action.bytes, action.external);
      case "setFraming":
        return this.#core.setFraming(handle, action.framing);
      case "closed":
        seat.inFlight = 0;
        return call.closed(handle);
      case "claim":
      case "unclaim":
        return call.claim(handle, action.op === "claim" ? 1 : 0);
      case "ignore":
        return call.delivered(handle, 0);
      case "halfClose":
        return call.half_close(handle);
      case "stopAfter":
        if (this.#batch?.seat === seat) this.#batch.stopped = true;
        return 0;
      default:
        return call[action.op](handle);
    }
  }

  #take(seat: Seat, count: number): number {
    const result = this.#core.call.sent(seat.handle, count);
    if (result >= 0) seat.inFlight -= count;
    return result;
  }

  #send(seat: Seat, bytes: Uint8Array, external: boolean): number {
    const core = this.#core;
    const address = external && bytes.length > 0 ? 0 : core.call.reserve(seat.handle, bytes.length);
    if (address < 0) return address;
    if (address > 0) {
      core.bytes.set(bytes, address);
      return core.call.commit(seat.handle, bytes.length);
    }
    const frame = core.encode(seat.handle, bytes);
    if (typeof frame === "number") return frame;
    if (frame.length === 0) return core.call.commit(seat.handle, 0);
    const result = core.call.send_external(seat.handle, frame.length);
    if (result >= 0) seat.external = Buffer.concat([seat.external, frame]);
    return result;
  }

  #obey(seat: Seat, record: CoreRecord, said: (what: Said) => void): void {
    const { kind, a, b, c } = record;
    if (kind === "messages") this.#handOver(seat, record, said);
    if (kind === "pause" || kind === "resume") seat.paused = kind === "pause";
    if (kind === "finish") seat.fin = true;
    if (kind === "destroy") seat.letGo = true;
    if (kind === "timer") {
      seat.timer = TIMER_NAMES[a] as Timer;
      seat.milliseconds = b;
    }
    // The order and the event have one name; the event is the second, and there is no third.
    if (kind === "secure" && seat.secure) said({ ev: kind });
    else if (kind === "secure") seat.secure = true;
    if (kind === "flush") said({ ev: "tx", bytes: this.#gather(seat) });
    if (kind === "data") said({ ev: "data", bytes: this.#core.bytes.slice(a, a + b) });
    if (kind === "error") seat.detail = b + c * 2 ** 32;
    if (kind === "error") said({ ev: "error", why: WHY.get(a) ?? `reason ${a}` });
    if (kind === "close") said({ ev: "close", clean: a === 1 });
    if (kind === "open" || kind === "connect" || kind === "drain" || kind === "end") {
      said({ ev: kind });
    }
  }

  #handOver(seat: Seat, record: CoreRecord, said: (what: Said) => void): void {
    const messages = this.#core.messages(record);
    const batch: Batch = { seat, stopped: false };
    this.#batch = batch;
    for (const [index, bytes] of messages.entries()) {
      said({ ev: "message", bytes });
      batch.stopped ||= this.#core.control(abi.CONTROL_INTERRUPTED) === 1;
      if (!batch.stopped) continue;
      this.#core.call.delivered(seat.handle, index + 1);
      break;
    }
    if (!batch.stopped) said({ ev: "messages" });
    this.#batch = null;
  }

  /** One write is in flight at a time, so one is ordered at a time. */
  #gather(seat: Seat): Uint8Array {
    if (seat.inFlight > 0) throw new Error(`${seat.name} is to flush with a write in flight`);
    const parts = this.#core.gather(seat.handle).map(({ address, length }) => {
      if (address !== 0) return this.#core.bytes.slice(address, address + length);
      const part = seat.external.slice(0, length);
      seat.external = seat.external.slice(length);
      return part;
    });
    const bytes = Buffer.concat(parts);
    seat.inFlight = bytes.length;
    return bytes;
  }
}

/**
 * What docs/abi.md asks of a host, for the engine that lies in this very module: does the operations of
 * a script, polls, obeys orders, and passes on what is said.
 */
import * as abi from "../abi.ts";
import { getControl, scratchWord } from "../control.ts";
import * as core from "../index.ts";
import { bytesOf, copied } from "./bytes.ts";
import { describeFraming, describeOptions } from "./descriptions.ts";
import { Json } from "./json.ts";
import { reasonOf, roleOf, timerOf, whyOf } from "./names.ts";
import { send } from "./payload.ts";
import { Seat } from "./seat.ts";

/** Most that a script may give its engine; conformance.ts keeps it free. */
export const ENGINE_BYTES: i32 = 20 << 20;

/** Hears what sockets say; may act on the host meanwhile. `bytes` of messages, data and tx alone. */
export abstract class Listener {
  abstract said(socket: string, word: string, detail: string, bytes: Uint8Array | null): void;
}

export class Host {
  private seats: Seat[] = [];
  /** Whose batch is being handed over, and whether the app wants no more of it. */
  private batchOf: Seat | null = null;
  private stopped: bool = false;

  start(memoryBytes: i32, sockets: i32, windowBytes: i32): i32 {
    if (memoryBytes > ENGINE_BYTES) return abi.E_NOMEM;
    store<i32>(scratchWord(abi.INIT_MEMORY_BYTES), memoryBytes);
    store<i32>(scratchWord(abi.INIT_SOCKETS_MAX), sockets);
    store<i32>(scratchWord(abi.INIT_WINDOW_BYTES), windowBytes);
    return core.init(abi.INIT_WORDS);
  }

  seat(name: string): Seat {
    for (let i = this.seats.length - 1; i >= 0; i--) {
      if (this.seats[i].name === name) return this.seats[i];
    }
    throw new Error("no socket " + name);
  }

  open(operation: Json, framing: Json | null): i32 {
    const parent = operation.has("parent") ? this.seat(operation.get("parent").text).handle : 0;
    const options = operation.has("options") ? operation.get("options") : new Json();
    const role = roleOf(operation.get("role").text);
    const handle = core.open(role, parent, describeOptions(options));
    if (handle < 0) return handle;
    this.seats.push(new Seat(operation.get("s").text, handle));
    return framing === null ? 0 : core.set_framing(handle, describeFraming(framing));
  }

  /** Everything but `open`. What the core answered. */
  act(operation: Json): i32 {
    const op = operation.get("op").text;
    const seat = this.seat(operation.get("s").text);
    const handle = seat.handle;
    if (op === "send") return send(seat, bytesOf(operation), operation.flagOf("external", false));
    if (op === "failed") return core.failed(handle, reasonOf(operation.get("reason").text));
    if (op === "expired") return core.expired(handle, timerOf(operation.get("timer").text));
    if (op === "setFraming") {
      return core.set_framing(handle, describeFraming(operation.get("framing")));
    }
    if (op === "connected") return core.connected(handle);
    if (op === "ended") return core.ended(handle);
    if (op === "secured") return core.secured(handle);
    if (op === "claim") return core.claim(handle, 1);
    if (op === "unclaim") return core.claim(handle, 0);
    if (op === "upgrade") return core.upgrade(handle);
    if (op === "ignore") return core.delivered(handle, 0);
    if (op === "suspend") return core.suspend(handle);
    if (op === "resume") return core.resume(handle);
    if (op === "close") return core.close(handle);
    if (op === "abort") return core.abort(handle);
    if (op === "halfClose") return core.half_close(handle);
    if (op === "closed") {
      seat.inFlight = 0;
      return core.closed(handle);
    }
    assert(op === "stopAfter", "no operation " + op);
    if (this.batchOf === seat) this.stopped = true;
    return 0;
  }

  receive(name: string, bytes: Uint8Array): i32 {
    memory.copy(getControl(abi.CONTROL_WINDOW), bytes.dataStart, bytes.length);
    return core.received(this.seat(name).handle, bytes.length);
  }

  take(name: string, count: i32): i32 {
    const seat = this.seat(name);
    const result = core.sent(seat.handle, count);
    if (result >= 0) seat.inFlight -= count;
    return result;
  }

  /** Polls until nothing more is said. */
  run(listener: Listener): void {
    for (let count = core.poll(1); count > 0; count = core.poll(1)) {
      for (let i = 0; i < count; i++) {
        const record = <usize>getControl(abi.CONTROL_RECORDS) + i * abi.RECORD_WORDS * 4;
        this.obey(record, listener);
      }
    }
  }

  private obey(record: usize, listener: Listener): void {
    const kind = load<i32>(record);
    const a = load<u32>(record, 8);
    if (kind > abi.ORDER_FLUSH) return; // reading never stops by itself here, and nothing expires
    const seat = this.seatOf(load<i32>(record, 4));
    if (kind === abi.ORDER_FLUSH) listener.said(seat.name, "tx", "", seat.gather());
    else if (kind === abi.EVENT_MESSAGES) this.handOver(seat, record, listener);
    else if (kind === abi.EVENT_DATA) {
      listener.said(seat.name, "data", "", copied(a, load<i32>(record, 12)));
    } else if (kind === abi.EVENT_OPEN) listener.said(seat.name, "open", "", null);
    else if (kind === abi.EVENT_SECURE) listener.said(seat.name, "secure", "", null);
    else if (kind === abi.EVENT_CONNECT) listener.said(seat.name, "connect", "", null);
    else if (kind === abi.EVENT_DRAIN) listener.said(seat.name, "drain", "", null);
    else if (kind === abi.EVENT_END) listener.said(seat.name, "end", "", null);
    else if (kind === abi.EVENT_ERROR) listener.said(seat.name, "error", whyOf(a), null);
    else if (kind === abi.EVENT_CLOSE) {
      listener.said(seat.name, "close", a === 1 ? "clean" : "", null);
    }
  }

  private seatOf(handle: i32): Seat {
    for (let i = 0; i < this.seats.length; i++) {
      if (this.seats[i].handle === handle) return this.seats[i];
    }
    throw new Error("an event of an unknown socket");
  }

  /** One message after the other, until the app, or what it has done, stops it. */
  private handOver(seat: Seat, record: usize, listener: Listener): void {
    const table = load<usize>(record, 8);
    const count = load<i32>(record, 12);
    const base = load<usize>(record, 16);
    const messages: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      messages.push(copied(base + load<u32>(table + i * 8), load<i32>(table + i * 8, 4)));
    }
    this.batchOf = seat;
    this.stopped = false;
    for (let i = 0; i < count; i++) {
      listener.said(seat.name, "message", "", messages[i]);
      if (!this.stopped && getControl(abi.CONTROL_INTERRUPTED) === 0) continue;
      this.stopped = true;
      core.delivered(seat.handle, i + 1);
      break;
    }
    if (!this.stopped) listener.said(seat.name, "messages", "", null);
    this.batchOf = null;
  }
}

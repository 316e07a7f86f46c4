/**
 * The core itself behind the player, for JavaScript that has nothing but WebAssembly: does what docs/abi.md
 * asks of a host. Its numbers stand here as they do there, for no other file of the project is to be had.
 */
import { joined } from "./plain-player.mjs";

const ROLES = { client: 0, accepted: 1, listener: 2 };
const TIMERS = { connect: 1, idle: 2, linger: 3, handshake: 4 };
const REASONS = { refused: 1, timedOut: 2, notFound: 3, interrupted: 4, reset: 5, network: 6 };
Object.assign(REASONS, { address: 11, plaintextLeft: 16, tls: 19, certificate: 20 });
const WHY = Object.fromEntries(Object.entries(REASONS).map(([why, number]) => [number, why]));
Object.assign(WHY, { 7: "engineMemory", 9: "connectTimeout", 10: "idleTimeout" });
Object.assign(WHY, { 17: "batchUnsettled", 18: "handshakeTimeout" });
Object.assign(WHY, { 12: "tooLong", 13: "tooLong", 14: "malformed", 15: "incomplete" });
const REFUSALS = { [-1]: "arg", [-2]: "stale", [-3]: "state", [-4]: "busy" };
Object.assign(REFUSALS, { [-5]: "memory", [-6]: "limit" });
const EVENTS = { 1: "open", 4: "drain", 5: "end", 8: "connect", 9: "secure" };
const [DATA, MESSAGES, ERROR, CLOSE, FLUSH] = [2, 3, 6, 7, 16];
const [WINDOW, RECORDS, IOV, SCRATCH, INTERRUPTED, ENCODES, ENCODED] = [2, 5, 7, 15, 18, 19, 20];
const KINDS = { fixed: 1, lengthPrefixed: 2, varint: 3, delimited: 4, lines: 4, netstring: 5 };
Object.assign(KINDS, { slip: 6, cobs: 7, contentLength: 8 });
const NO_LIMIT = 0xffffffff;
const PART = 1024;

export class CoreEngine {
  #call;
  #bytes;
  #words;
  #seats = new Map();
  #stopped = false;

  constructor(module, { memoryBytes = 16 << 20, maxSockets = 32, windowBytes = 16384 }) {
    this.#call = new WebAssembly.Instance(module).exports;
    this.#words = new Uint32Array(this.#call.memory.buffer);
    this.#configure([memoryBytes, maxSockets, windowBytes]);
    if (this.#call.init(3) !== 0) throw new Error("init refused");
    this.#words = new Uint32Array(this.#call.memory.buffer);
    this.#bytes = new Uint8Array(this.#call.memory.buffer);
  }

  inFlight(name) {
    return this.#seats.get(name).inFlight;
  }

  act(operation, framing) {
    const { op, refused, returns } = operation;
    const result = op === "open" ? this.#open(operation, framing) : this.#do(operation);
    const refusal = result >= 0 ? undefined : (REFUSALS[result] ?? "range");
    if (refusal !== refused) throw new Error(`${op}: refused ${refusal}, expected ${refused}`);
    if (returns !== undefined && returns !== (result === 1)) throw new Error(`${op}: ${result}`);
  }

  run(said) {
    for (let count = this.#call.poll(1); count > 0; count = this.#call.poll(1)) {
      const at = this.#control(RECORDS) >>> 2;
      for (let i = 0; i < count; i++)
        this.#obey(this.#words.slice(at + i * 8, at + i * 8 + 6), said);
    }
  }

  #control(word) {
    return this.#words[(this.#call.control() >>> 2) + word];
  }

  #configure(words) {
    this.#words.set(words, this.#control(SCRATCH) >>> 2);
    return words.length;
  }

  #open({ s, role, parent, options = {}, framing }, headers) {
    const flags = (options.allowHalfOpen ? 1 : 0) | (options.secure ? 2 : 0);
    const { highWaterMark = 65536, lowWaterMark = 0, maxBufferedAmount = NO_LIMIT } = options;
    const { connectTimeout = 0, idleTimeout = 0, maxConnections = NO_LIMIT } = options;
    const { maxReceiveBytes = 0, handshakeTimeout = 0 } = options;
    const words = [highWaterMark, lowWaterMark, maxBufferedAmount, flags, connectTimeout];
    words.push(idleTimeout, maxConnections, maxReceiveBytes, handshakeTimeout);
    const listener = this.#seats.get(parent)?.handle ?? 0;
    const handle = this.#call.open(ROLES[role], listener, this.#configure(words));
    if (handle < 0) return handle;
    this.#seats.set(s, { name: s, handle, inFlight: 0, external: new Uint8Array() });
    const wanted = role === "listener" ? framing : (framing ?? headers);
    return wanted === undefined ? 0 : this.#setFraming(handle, wanted);
  }

  #do({ op, s, n, bytes, external, reason, timer, framing }) {
    const call = this.#call;
    const seat = this.#seats.get(s);
    const { handle } = seat;
    if (op === "received") {
      this.#bytes.set(bytes, this.#control(WINDOW));
      return call.received(handle, bytes.length);
    }
    if (op === "sent") {
      const result = call.sent(handle, n);
      if (result >= 0) seat.inFlight -= n;
      return result;
    }
    if (op === "send") return this.#send(seat, bytes, external === true && bytes.length > 0);
    if (op === "failed") return call.failed(handle, REASONS[reason]);
    if (op === "expired") return call.expired(handle, TIMERS[timer]);
    if (op === "setFraming") return this.#setFraming(handle, framing);
    if (op === "claim" || op === "unclaim") return call.claim(handle, op === "claim" ? 1 : 0);
    if (op === "ignore") return call.delivered(handle, 0);
    if (op === "halfClose") return call.half_close(handle);
    if (op === "closed") seat.inFlight = 0;
    if (op !== "stopAfter") return call[op](handle);
    this.#stopped = true;
    return 0;
  }

  #setFraming(handle, framing) {
    return this.#call.set_framing(handle, this.#configure(wordsOf(framing)));
  }

  #send(seat, bytes, external) {
    const call = this.#call;
    const address = external ? 0 : call.reserve(seat.handle, bytes.length);
    if (address < 0) return address;
    if (address > 0) {
      this.#bytes.set(bytes, address);
      return call.commit(seat.handle, bytes.length);
    }
    const frame = this.#frame(seat.handle, bytes);
    if (typeof frame === "number") return frame;
    if (frame.length === 0) return call.commit(seat.handle, 0);
    const result = call.send_external(seat.handle, frame.length);
    if (result >= 0) seat.external = joined([seat.external, frame]);
    return result;
  }

  /** The frame of what stays here, or the refusal. */
  #frame(handle, bytes) {
    const call = this.#call;
    const chunks = [];
    const take = (count) => {
      const at = this.#control(ENCODED);
      if (count > 0) chunks.push(this.#bytes.slice(at, at + count));
      return count;
    };
    let result = take(call.encode_begin(handle, bytes.length));
    if (result >= 0 && this.#control(ENCODES) === 0) chunks.push(bytes);
    else {
      for (let at = 0; at < bytes.length && result >= 0; at += PART) {
        const part = bytes.subarray(at, at + PART);
        this.#bytes.set(part, this.#control(SCRATCH));
        result = take(call.encode_part(handle, part.length));
      }
    }
    if (result >= 0) result = take(call.encode_end(handle));
    return result < 0 ? result : joined(chunks);
  }

  #obey([kind, handle, a, b, c], said) {
    const seat = [...this.#seats.values()].find((one) => one.handle === handle);
    if (kind === MESSAGES) this.#handOver(seat, a >>> 2, b, c, said);
    else if (kind === DATA) said(seat.name, { word: "data", bytes: this.#bytes.slice(a, a + b) });
    else if (kind === FLUSH) said(seat.name, { word: "tx", bytes: this.#gather(seat) });
    else if (kind === ERROR) said(seat.name, { word: "error", more: WHY[a] ?? `reason ${a}` });
    else if (kind === CLOSE)
      said(seat.name, { word: "close", more: a === 1 ? "clean" : undefined });
    else if (kind in EVENTS) said(seat.name, { word: EVENTS[kind] });
  }

  #handOver({ name, handle }, table, count, base, said) {
    const entries = this.#words.slice(table, table + count * 2);
    this.#stopped = false;
    for (let i = 0; i < count; i++) {
      const at = base + entries[i * 2];
      said(name, { word: "message", bytes: this.#bytes.slice(at, at + entries[i * 2 + 1]) });
      if (!this.#stopped && this.#control(INTERRUPTED) === 0) continue;
      this.#call.delivered(handle, i + 1);
      return;
    }
    said(name, { word: "messages" });
  }

  #gather(seat) {
    const count = this.#call.gather(seat.handle);
    const at = this.#control(IOV) >>> 2;
    const chunks = Array.from({ length: count }, (_, i) => {
      const [address, length] = this.#words.subarray(at + i * 2);
      if (address !== 0) return this.#bytes.slice(address, address + length);
      const chunk = seat.external.subarray(0, length);
      seat.external = seat.external.subarray(length);
      return chunk;
    });
    const bytes = joined(chunks);
    seat.inFlight = bytes.length;
    return bytes;
  }
}

function wordsOf(framing) {
  if (framing === null) return [];
  const { type, bytes = 0, endian, adjust = 0, keep = false, lastLine = false } = framing;
  const offset = framing.size ?? framing.offset ?? 0;
  const strip = Number(framing.strip ?? (offset === 0 ? bytes || 1 : 0));
  const flags = (endian === "little" ? 1 : 0) | (keep ? 2 : 0) | (lastLine ? 4 : 0);
  const eol = type === "lines" ? [framing.eol ?? "\r\n"] : [];
  const { delimiters = eol, maxMessageBytes = 0 } = framing;
  const head = [KINDS[type], flags, maxMessageBytes, offset, bytes, adjust, strip];
  return [...head, delimiters.length, ...delimiters.flatMap(delimiterWords)];
}

function delimiterWords(delimiter) {
  const words = [delimiter.length, 0, 0, 0, 0];
  for (let i = 0; i < delimiter.length; i++) {
    words[1 + (i >> 2)] |= delimiter.charCodeAt(i) << ((i & 3) * 8);
  }
  return words;
}

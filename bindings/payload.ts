/**
 * The payload of send(): which bytes of what (M64-M69, M72), and their one copy into the queue.
 *
 * Offsets are clamped, never refused. The copy goes into engine memory where the core finds room,
 * else into the channel's external queue; the core decides which.
 */
import { E_LIMIT, E_TRAPPED, POOLED_PAYLOAD_BYTES_MAX } from "../assembly/abi.ts";
import type { Channel } from "./channel.ts";
import { queueFrame } from "./frame.ts";
import { refusedMessage } from "./framing-errors.ts";
import { getter } from "./platform.ts";
import type { Seat } from "./seat.ts";
import { shown } from "./shown.ts";
import { unsignedLong } from "./webidl.ts";

/** The bytes to send, or a string with one byte per char. */
export type Payload = Uint8Array | string;

/** The largest length an i32 carries; larger payloads are external anyway. */
const LENGTH_MAX = 0x7fffffff;
/** In a string that has one byte a char, V8 knows without looking that it matches nothing. */
const WIDE = /[\u0100-\uffff]/;
const exec = WIDE.exec;
const EMPTY = new Uint8Array(0);

/** The true getters of a kind of bytes: its own may say anything, and engine memory is written by them. */
interface Kind {
  readonly buffer: (data: unknown) => ArrayBufferLike;
  readonly byteOffset: (data: unknown) => number;
  readonly byteLength: (data: unknown) => number;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const trueKind = getter<string | undefined>(typedArray, Symbol.toStringTag);
const trueLength = getter<number>(typedArray, "length");
const ARRAY = viewKind(typedArray);
const DATA_VIEW = viewKind(DataView.prototype);
const BUFFER = bufferKind(ArrayBuffer);
const SHARED = typeof SharedArrayBuffer === "function" ? bufferKind(SharedArrayBuffer) : BUFFER;

function viewKind(prototype: object): Kind {
  const buffer = getter<ArrayBufferLike>(prototype, "buffer");
  const byteOffset = getter<number>(prototype, "byteOffset");
  return { buffer, byteOffset, byteLength: getter<number>(prototype, "byteLength") };
}

function bufferKind({ prototype }: { readonly prototype: ArrayBufferLike }): Kind {
  const buffer = (data: unknown) => data as ArrayBufferLike;
  return { buffer, byteOffset: () => 0, byteLength: getter<number>(prototype, "byteLength") };
}

/**
 * Runs the caller's own code, if the offset or the length has some, before it looks at the bytes.
 * @throws TypeError for a char above U+00FF, engine memory, what is neither string nor bytes, or a range that is
 *   a bigint or a symbol
 */
export function payloadOf(
  data: unknown,
  byteOffset: unknown,
  byteLength: unknown,
  engineMemory: ArrayBuffer,
): Payload {
  if (typeof data === "string") return byteString(data);
  const whole = byteOffset === undefined && byteLength === undefined;
  if (whole && trueKind(data) === "Uint8Array") return data as Uint8Array;
  if (data === engineMemory) throw new TypeError("send() of the engine's own memory");
  const found = kindOf(data);
  if (found === undefined) {
    throw new TypeError(
      `send(): ${shown(data)} came; a string, an ArrayBuffer or a view of one is allowed`,
    );
  }
  const offset = unsignedLong(byteOffset);
  const wanted = byteLength === undefined ? Infinity : unsignedLong(byteLength);
  return slice(data, found, offset, wanted);
}

function lengthOf(payload: Payload): number {
  return typeof payload === "string" ? payload.length : trueLength(payload);
}

/**
 * Queues a copy. Returns what the core says: 1, 0, or a refusal (negative).
 *
 * Most payloads follow another of the same socket and fit behind it: then 1 is what it would say.
 */
export function queuePayload(channel: Seat, payload: Payload): number {
  const { driver, handle } = channel;
  const { core } = driver;
  const { room } = core;
  const said = payload.length; // V8 knows then what it is, and makes the true getter inline
  const length = lengthOf(payload);
  const at = said === length && length !== 0 ? room.place(handle, length) : 0;
  if (at === 0) return queueElsewhere(channel, payload, length);
  if (typeof payload === "string") driver.host.encodeLatin1(payload, core.memory, at);
  else room.put(payload, at);
  room.pending += length;
  return 1;
}

function queueElsewhere(channel: Seat, given: Payload, length: number): number {
  const { driver, handle, framing } = channel;
  const { call, bytes } = driver.core;
  if (length === 0 && framing === null) return call.commit(handle, 0);
  const payload = length === 0 ? EMPTY : fixed(given, length); // what is detached cannot be copied
  const address = call.reserve(handle, Math.min(length, LENGTH_MAX));
  if (address < 0) return address;
  if (address !== 0 && length <= POOLED_PAYLOAD_BYTES_MAX) {
    copy(channel, payload, bytes, address);
    driver.countCopied(length);
    return call.commit(handle, length);
  }
  return queueLarge(channel, payload, length);
}

function queueLarge(channel: Seat, payload: Payload, length: number): number {
  const { driver, handle, framing } = channel;
  const { call } = driver.core;
  const put = (into: Uint8Array, at: number): void => copy(channel, payload, into, at);
  if (framing !== null) return queueFrame(channel, length, put);
  const room = channel.externalRoom(length); // may find no memory: nothing is queued by then
  const result = call.send_external(handle, length);
  if (result < 0) return result;
  put(room, 0);
  channel.addExternal(length);
  driver.countCopied(length);
  return result;
}

/** The core's refusal as an exception (M63, M70); none where the core has trapped. */
export function refuse(seat: Seat, result: number, payload: Payload, readyState: string): void {
  if (result === E_TRAPPED) return;
  const misfit = refusedMessage(seat.framing, result, lengthOf(payload));
  if (misfit !== undefined) throw misfit;
  if (result === E_LIMIT) {
    throw new DOMException("send() would pass maxBufferedAmount", "QuotaExceededError");
  }
  const message = `send() needs an open sending direction; readyState is "${readyState}"`;
  throw new DOMException(message, "InvalidStateError");
}

/** Shared memory may grow while it is copied: of that, no more than was there. */
function fixed(payload: Payload, length: number): Payload {
  if (typeof payload === "string") return payload;
  const buffer = ARRAY.buffer(payload);
  if (is(BUFFER, buffer)) return payload;
  return new Uint8Array(buffer, ARRAY.byteOffset(payload), length);
}

function copy(channel: Channel, payload: Payload, into: Uint8Array, at: number): void {
  if (typeof payload !== "string") {
    into.set(payload, at);
    return;
  }
  const buffer = into.buffer as ArrayBuffer;
  channel.driver.host.encodeLatin1(payload, buffer, into.byteOffset + at);
}

function byteString(text: string): string {
  const wide = exec.call(WIDE, text);
  if (wide === null) return text;
  const code = (text.codePointAt(wide.index) as number).toString(16).toUpperCase().padStart(4, "0");
  throw new TypeError(
    `character U+${code} is above U+00FF; pass bytes (new TextEncoder().encode(text))`,
  );
}

/** Offset and length are clamped to what is there (M68); of what is detached or out of bounds, nothing is. */
function slice(data: unknown, kind: Kind, byteOffset: number, wanted: number): Uint8Array {
  if (kind === DATA_VIEW && !is(kind, data)) return EMPTY; // only then it fails
  const length = kind.byteLength(data);
  const offset = Math.min(byteOffset, length);
  const count = Math.min(length - offset, wanted);
  if (count === 0) return EMPTY;
  return new Uint8Array(kind.buffer(data), kind.byteOffset(data) + offset, count);
}

/** What kind of bytes it is, of whatever realm and whatever it says of itself. */
function kindOf(data: unknown): Kind | undefined {
  if (ArrayBuffer.isView(data)) return trueKind(data) === undefined ? DATA_VIEW : ARRAY;
  if (is(BUFFER, data)) return BUFFER;
  return is(SHARED, data) ? SHARED : undefined;
}

function is(kind: Kind, data: unknown): boolean {
  try {
    kind.byteLength(data);
    return true;
  } catch {
    return false;
  }
}

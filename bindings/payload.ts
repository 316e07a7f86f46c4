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
import type { Seat } from "./seat.ts";
import { shown } from "./shown.ts";

/** The bytes to send, or a string with one byte per char. */
export type Payload = Uint8Array | string;

/** The largest length an i32 carries; larger payloads are external anyway. */
const LENGTH_MAX = 0x7fffffff;
const EMPTY = new Uint8Array(0);

// The true ones: an array's own `length` may be anything, and engine memory is written by it.
const trueLength = getter("length");
const trueBuffer = getter("buffer");

function getter(name: string): (this: Uint8Array) => unknown {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
  return Object.getOwnPropertyDescriptor(typedArray, name)?.get as () => unknown;
}

/**
 * @throws TypeError for a char above U+00FF, engine memory, or what is neither string nor bytes
 */
export function payloadOf(
  data: unknown,
  byteOffset: unknown,
  byteLength: unknown,
  engineMemory: ArrayBuffer,
): Payload {
  if (typeof data === "string") return byteString(data);
  if (ArrayBuffer.isView(data)) {
    if (byteOffset === undefined && byteLength === undefined && data instanceof Uint8Array) {
      return isShared(data) ? Uint8Array.prototype.slice.call(data) : data;
    }
    return slice(data.buffer, data.byteOffset, data.byteLength, byteOffset, byteLength);
  }
  if (data === engineMemory) throw new TypeError("send() of the engine's own memory");
  if (isBuffer(data)) return slice(data, 0, data.byteLength, byteOffset, byteLength);
  throw new TypeError(
    `send(): ${shown(data)} came; a string, an ArrayBuffer or a view of one is allowed`,
  );
}

function lengthOf(payload: Payload): number {
  return typeof payload === "string" ? payload.length : (trueLength.call(payload) as number);
}

/** Queues a copy. Returns what the core says: 1, 0, or a refusal (negative). */
export function queuePayload(channel: Seat, payload: Payload): number {
  const { driver, handle, framing } = channel;
  const { call, bytes } = driver.core;
  const length = lengthOf(payload);
  if (length === 0 && framing === null) return call.commit(handle, 0);
  const address = call.reserve(handle, Math.min(length, LENGTH_MAX));
  if (address < 0) return address;
  if (address !== 0 && length <= POOLED_PAYLOAD_BYTES_MAX) {
    copy(channel, payload, bytes, address);
    driver.copied += length;
    return call.commit(handle, length);
  }
  const put = (into: Uint8Array, at: number): void => copy(channel, payload, into, at);
  if (framing !== null) return queueFrame(channel, length, put);
  const room = channel.externalRoom(length); // may find no memory: nothing is queued by then
  const result = call.send_external(handle, length);
  if (result < 0) return result;
  put(room, 0);
  channel.addExternal(length);
  driver.copied += length;
  return result;
}

/** send()'s boolean where nothing was queued, or the core's refusal as an exception (M63, M70). */
export function sendOutcome(
  seat: Seat,
  result: number,
  payload: Payload,
  readyState: string,
): boolean {
  if (result === E_TRAPPED) return false;
  const misfit = refusedMessage(seat.framing, result, lengthOf(payload));
  if (misfit !== undefined) throw misfit;
  if (result === E_LIMIT) {
    throw new DOMException("send() would pass maxBufferedAmount", "QuotaExceededError");
  }
  const message = `send() needs an open sending direction; readyState is "${readyState}"`;
  throw new DOMException(message, "InvalidStateError");
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
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) {
      const code = (text.codePointAt(i) as number).toString(16).toUpperCase().padStart(4, "0");
      throw new TypeError(
        `character U+${code} is above U+00FF; pass bytes (new TextEncoder().encode(text))`,
      );
    }
  }
  return text;
}

/** WebIDL's unsigned long, then clamped to what is there (M68). */
function slice(
  buffer: ArrayBufferLike,
  begin: number,
  length: number,
  byteOffset: unknown,
  byteLength: unknown,
): Uint8Array {
  const offset = Math.min(Number(byteOffset) >>> 0, length);
  const wanted = byteLength === undefined ? length : Number(byteLength) >>> 0;
  const count = Math.min(length - offset, wanted);
  return count === 0 ? EMPTY : new Uint8Array(buffer, begin + offset, count);
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || tagOf(value) === "ArrayBuffer" || isSharedBuffer(value);
}

/** Another thread may be changing the bytes behind it, or its length. */
function isShared(bytes: Uint8Array): boolean {
  const buffer = trueBuffer.call(bytes);
  return !(buffer instanceof ArrayBuffer) && isSharedBuffer(buffer);
}

function isSharedBuffer(buffer: unknown): boolean {
  return tagOf(buffer) === "SharedArrayBuffer";
}

/** `instanceof` knows the buffers of its own realm only. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

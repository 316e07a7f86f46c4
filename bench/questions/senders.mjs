/**
 * How Bun, Deno and emailjs-tcp-socket send. Bun and emailjs under the face of sink.mjs: { send(bytes),
 * on(type, listener), close() }, with send() false when it is time to wait for `drain`. Deno's write()
 * is awaited, so there is a round of its own.
 */
import { HIGH_WATER_MARK, HOST } from "../sockets.mjs";
import { openEmailjsSocket } from "./receivers.mjs";
import { request } from "./request.mjs";

/** A write for each send: Bun keeps nothing, so what write() did not take is sent before the next. */
export async function openBunWriter(_side, port) {
  let rest;
  const { connection, on, tell } = await openBun(port, () => {
    if (rest !== undefined) send(rest);
    if (rest === undefined) tell("drain");
  });
  const send = (bytes) => {
    const count = connection.write(bytes);
    rest = count < bytes.length ? bytes.subarray(count) : undefined;
    return rest === undefined;
  };
  return { send, on, close: () => connection.end() };
}

/** Sends of a turn joined in an ArrayBufferSink, as Bun's documentation advises. */
export async function openBunSink(_side, port) {
  const sink = new Bun.ArrayBufferSink();
  sink.start({ stream: true, asUint8Array: true, highWaterMark: HIGH_WATER_MARK });
  let buffered = 0;
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    const bytes = sink.flush();
    const count = connection.write(bytes);
    if (count < bytes.length) sink.write(bytes.subarray(count));
    buffered = bytes.length - count;
    if (buffered === 0) tell("drain");
  };
  const { connection, on, tell } = await openBun(port, flush);
  const send = (bytes) => {
    sink.write(bytes);
    buffered += bytes.length;
    if (!scheduled) queueMicrotask(flush);
    scheduled = true;
    return buffered <= HIGH_WATER_MARK;
  };
  return { send, on, close: () => connection.end() };
}

async function openBun(port, drain) {
  const listeners = { data() {}, drain() {} };
  const error = (_socket, reason) => {
    throw reason;
  };
  const data = () => listeners.data();
  const connection = await Bun.connect({
    hostname: HOST,
    port,
    socket: { data, drain, error },
  });
  connection.setNoDelay(true);
  const on = (type, listener) => {
    listeners[type] = listener;
  };
  return { connection, on, tell: (type) => listeners[type]() };
}

/** Its `drain` comes for each write, so it is counted; send() itself says nothing. */
export async function openEmailjsSender(_side, port) {
  const socket = await openEmailjsSocket(port);
  const sizes = [];
  let buffered = 0;
  let drained = () => {};
  socket.ondrain = () => {
    buffered -= sizes.shift();
    if (buffered === 0) drained();
  };
  const send = (bytes) => {
    sizes.push(bytes.length);
    buffered += bytes.length;
    socket.send(bytes);
    return buffered <= HIGH_WATER_MARK;
  };
  const on = (type, listener) => {
    if (type === "drain") drained = listener;
    else socket[`on${type}`] = listener;
  };
  return { send, on, close: () => socket.close() };
}

/** A round of Deno: seconds until `count` messages have arrived, a write each. */
export async function timeSendingInDeno(port, messages, count, thorough) {
  const connection = await Deno.connect({ hostname: HOST, port });
  connection.setNoDelay(true);
  const send = async (bytes) => {
    for (let at = 0; at < bytes.length; ) at += await connection.write(bytes.subarray(at));
  };
  const answer = new Uint8Array(1);
  await send(request(count * messages[0].length, thorough));
  await connection.read(answer);
  const start = performance.now();
  for (let sent = 0; sent < count; sent++) await send(messages[sent % messages.length]);
  await connection.read(answer);
  const seconds = (performance.now() - start) / 1000;
  connection.close();
  return seconds;
}

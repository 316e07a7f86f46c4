/**
 * The ways a client gets its bytes, each under the same face: { send(bytes), close() }, with
 * `take(bytes)` called for what each read brings.
 */

import { Check } from "../pattern.mjs";
import { peer } from "../peers.mjs";
import { HOST, openNet, openSocket, WINDOW_BYTES } from "../sockets.mjs";
import { request } from "./request.mjs";

const ARRAYBUFFER = { binaryType: "arraybuffer" };

/** TCPSocket, `data` with a fresh ArrayBuffer. */
export async function openCopying({ library }, port, take) {
  const socket = await openSocket(library, port, ARRAYBUFFER);
  socket.ondata = (event) => take(new Uint8Array(event.data));
  return socket;
}

/** TCPSocket, `messages` with borrowed bytes. */
export async function openLending({ library }, port, take) {
  const socket = await openSocket(library, port, ARRAYBUFFER);
  socket.onmessages = (event) => take(event.data.bytes);
  return socket;
}

/** node:net reading into one buffer, lent; with `copy` given away as a fresh ArrayBuffer. */
export async function openOnread({ copy }, port, take) {
  const buffer = new Uint8Array(WINDOW_BYTES);
  const callback = (count) => {
    take(copy ? new Uint8Array(buffer.buffer.slice(0, count)) : buffer.subarray(0, count));
    return true;
  };
  return faceOf(await openNet(port, { onread: { buffer, callback } }));
}

/** node:net's everyday way: `data`, a Buffer of its own for each read of at most 64 KiB. */
export async function openData(_side, port, take) {
  const socket = await openNet(port);
  socket.on("data", take);
  return faceOf(socket);
}

/** The same, each read given away as an ArrayBuffer of its own. */
export async function openDataCopied(_side, port, take) {
  const socket = await openNet(port);
  socket.on("data", ({ buffer, byteOffset, length }) => {
    take(new Uint8Array(buffer.slice(byteOffset, byteOffset + length)));
  });
  return faceOf(socket);
}

/** emailjs-tcp-socket, the API's other implementation for Node: `data` with a fresh ArrayBuffer. */
export async function openEmailjs(_side, port, take) {
  const socket = await openEmailjsSocket(port);
  socket.ondata = (event) => take(new Uint8Array(event.data));
  return socket;
}

export async function openEmailjsSocket(port) {
  const { default: module } = await peer("emailjs-tcp-socket");
  const socket = module.default.open(HOST, port, { binaryType: "arraybuffer" });
  socket._socket.setNoDelay(true); // there is no option for it, and all sides have it
  socket.onerror = ({ data }) => {
    throw data;
  };
  await new Promise((open) => {
    socket.onopen = open;
  });
  return socket;
}

function faceOf(socket) {
  return { send: (bytes) => socket.write(bytes), close: () => socket.end() };
}

/** One round: asks the peer for so many KiB, and times until all have come. */
export async function timeReceiving(side, port, amount, thorough) {
  const check = new Check(thorough);
  const total = amount * 1024;
  let finished;
  const received = new Promise((resolve) => {
    finished = resolve;
  });
  const take = (bytes) => {
    check.take(bytes);
    if (check.position > total) throw new Error(`${check.position} bytes came, not ${total}`);
    if (check.position === total) finished();
  };
  const connection = await side.open(side, port, take);
  const start = performance.now();
  connection.send(request(total, thorough));
  await received;
  const seconds = (performance.now() - start) / 1000;
  connection.close();
  return { units: amount, seconds };
}

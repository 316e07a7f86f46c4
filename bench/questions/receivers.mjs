/**
 * The ways a client gets its bytes, each under the same face: { send(bytes), close() }, with
 * `take(bytes)` called for what each read brings.
 */
import { openNet, openSocket, WINDOW_BYTES } from "../sockets.mjs";

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

function faceOf(socket) {
  return { send: (bytes) => socket.write(bytes), close: () => socket.end() };
}

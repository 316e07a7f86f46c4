/**
 * The questions about sending: a plain peer that takes what a client sends, checks it and says when
 * all has come; and the client's half. A send counts when its bytes have arrived, not when somebody
 * has buffered them: the clock runs from the first send to the peer's answer.
 *
 * All clients hold back alike: they stop above 64 KiB unsent and go on at 0.
 */
import { Check } from "../pattern.mjs";
import { HIGH_WATER_MARK, listenNet, openNet, openSocket } from "../sockets.mjs";
import { request, requested } from "./request.mjs";

const ANSWER = new Uint8Array(1);

/** Listens; answers each request when it is understood, and again when its bytes have come. */
export function serveSink() {
  return listenNet((socket) => {
    socket.once("data", (chunk) => {
      const { bytes, thorough } = requested(chunk);
      const check = new Check(thorough);
      socket.on("data", (part) => {
        check.take(part);
        if (check.position > bytes) throw new Error(`${check.position} bytes came, not ${bytes}`);
        if (check.position === bytes) socket.write(ANSWER);
      });
      socket.write(ANSWER);
    });
  });
}

/**
 * Seconds until `bytes` bytes have arrived.
 * @param side with `library`, or `connect`: (side, port) => what openSender() returns
 * @param pump (send, socket) => sends until all is sent or send says false
 */
export async function timeSending(side, port, bytes, thorough, pump) {
  const connect = side.connect ?? (side.library === "net" ? openWriter : openSender);
  const { socket, send, on, close } = await connect(side, port);
  const answered = () => new Promise((resolve) => on("data", resolve));
  send(request(bytes, thorough));
  await answered();
  const last = answered();
  const more = () => pump(send, socket);
  on("drain", more);
  const start = performance.now();
  more();
  await last;
  const seconds = (performance.now() - start) / 1000;
  close();
  return seconds;
}

async function openSender({ library }, port) {
  const options = { binaryType: "arraybuffer", highWaterMark: HIGH_WATER_MARK };
  const socket = await openSocket(library, port, options);
  const on = (type, listener) => {
    socket[`on${type}`] = listener;
  };
  return { socket, send: (bytes) => socket.send(bytes), on, close: () => socket.close() };
}

async function openWriter(_side, port) {
  // write() says false from the mark on, send() above it
  const socket = await openNet(port, { writableHighWaterMark: HIGH_WATER_MARK + 1 });
  const on = (type, listener) => socket.removeAllListeners(type).on(type, listener);
  return { socket, send: (bytes) => socket.write(bytes), on, close: () => socket.end() };
}

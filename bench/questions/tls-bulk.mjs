/**
 * The same bulk transfers inside TLS 1.3: how much of node:tls's speed is left? Receiving, each side
 * gives its app bytes of its own: plain node:tls by `data`; and, faster, by `onread` into a buffer of
 * the same size and a fresh ArrayBuffer. Sending, each copies. After an upgrade (STARTTLS) node:tls
 * has no `onread`: there `data` stands against `data`. The peer is node:tls in a process of its own, on one core with
 * it: encrypting on the other side is a good half of the time.
 */
import { connect, createServer } from "node:tls";
import { least } from "../floors.mjs";
import { Check, messagesOf } from "../pattern.mjs";
import { makeNet, openSocket, WINDOW_BYTES } from "../sockets.mjs";
import { timeReceiving } from "./receivers.mjs";
import { request, requested } from "./request.mjs";

const HOST = "127.0.0.1";
const MESSAGE_BYTES = 64 * 1024;
const ONREAD = "node:tls onread, copy";
const PLAIN = "node:tls data";
const DATA = "node:tls data, upgraded";
// Who is at the other end is not the question, and its certificate is made in another process.
const TRUSTING = { rejectUnauthorized: false };

/** node:tls from the first byte. */
function openOnread(port, take) {
  const buffer = new Uint8Array(WINDOW_BYTES);
  const callback = (count) => {
    take(new Uint8Array(buffer.buffer.slice(0, count)));
    return true;
  };
  return opened(connect({ host: HOST, port, ...TRUSTING, onread: { buffer, callback } }));
}

/** node:tls as most use it. */
function openData(port, take) {
  const socket = connect({ host: HOST, port, ...TRUSTING });
  socket.on("data", take);
  return opened(socket);
}

/** node:tls over a connected socket. */
async function openUpgraded(port, take) {
  const plain = makeNet(port);
  await new Promise((open) => {
    plain.once("connect", open);
  });
  const socket = connect({ socket: plain, host: HOST, ...TRUSTING });
  socket.on("data", take);
  return opened(socket);
}

function opened(socket) {
  const face = { send: (bytes) => socket.write(bytes), close: () => socket.end(), socket };
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve(face));
  });
}

async function openSansock({ upgraded, binaryType }, port, take) {
  const options = { binaryType, tls: TRUSTING, useSecureTransport: !upgraded };
  const socket = await openSocket("sansock", port, options);
  socket.ondata = ({ data }) => take(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  if (upgraded) await socket.upgradeToSecure();
  return socket;
}

const open = {
  onread: (_side, port, take) => openOnread(port, take),
  data: (_side, port, take) => openData(port, take),
  upgraded: (_side, port, take) => openUpgraded(port, take),
  sansock: openSansock,
};

/** What the peer does with a client: `served(socket, bytes, thorough)`. */
async function serveTls(served) {
  // Here, as it takes half the heap of a process: full collections begin at 8 MB.
  const { makeCertificate } = await import("../../scripts/certificate.mjs");
  const server = createServer({ ...(await makeCertificate()), noDelay: true }, (socket) => {
    socket.on("error", () => {}); // a client that has all it wants may go as it likes
    socket.once("data", (bytes) => {
      const { bytes: total, thorough } = requested(bytes);
      served(socket, total, thorough);
    });
  });
  await new Promise((listening) => {
    server.listen(0, HOST, listening);
  });
  return server.address().port;
}

export const tlsReceive = {
  name: "tls-receive",
  unit: "KiB",
  amount: 512 * 1024,
  quick: 8 * 1024,
  subject: "run",
  sides: {
    sansock: { open: open.sansock, binaryType: "arraybuffer", versus: ONREAD },
    [ONREAD]: { open: open.onread, versus: ONREAD },
    [PLAIN]: { open: open.data, versus: ONREAD },
    "sansock upgraded": {
      ...{ open: open.sansock, upgraded: true, binaryType: "uint8array", versus: DATA },
    },
    [DATA]: { open: open.upgraded, versus: DATA },
  },
  floors: [least("sansock", PLAIN, 0.95), least("sansock upgraded", DATA, 0.95)],
  measures: { "MiB/s": { value: ({ units, seconds }) => units / 1024 / seconds } },

  serve() {
    const messages = messagesOf(MESSAGE_BYTES);
    return serveTls((socket, total) => {
      let sent = 0;
      const pump = () => {
        while (sent < total / MESSAGE_BYTES) {
          if (!socket.write(messages[sent++ % messages.length])) return;
        }
      };
      socket.on("drain", pump);
      pump();
    });
  },

  run: timeReceiving,
};

const COPIED = "node:tls, copy";

export const tlsSend = {
  name: "tls-send",
  unit: "KiB",
  amount: 512 * 1024,
  quick: 8 * 1024,
  subject: "run",
  sides: {
    sansock: { open: open.sansock, binaryType: "arraybuffer", versus: COPIED },
    [COPIED]: { open: open.onread, copy: true, versus: COPIED },
  },
  floors: [least("sansock", COPIED, 0.95)],
  measures: { "MiB/s": { value: ({ units, seconds }) => units / 1024 / seconds } },

  serve() {
    return serveTls((socket, total, thorough) => {
      const check = new Check(thorough);
      socket.on("data", (bytes) => {
        check.take(bytes);
        if (check.position === total) socket.write("done");
      });
      socket.write("go"); // the request travels alone
    });
  },

  async run(side, port, amount, thorough) {
    const messages = messagesOf(MESSAGE_BYTES);
    const total = amount * 1024;
    let answered;
    const answer = () => {
      return new Promise((resolve) => {
        answered = resolve;
      });
    };
    const connection = await side.open(side, port, () => answered());
    const ready = answer();
    connection.send(request(total, thorough));
    await ready;
    const start = performance.now();
    const done = answer();
    sendAll(connection, side, messages, total / MESSAGE_BYTES);
    await done;
    const seconds = (performance.now() - start) / 1000;
    connection.close();
    return { units: amount, seconds };
  },
};

/** Stops when send() says false and goes on at `drain`. */
function sendAll(connection, { copy }, messages, count) {
  let sent = 0;
  const pump = () => {
    while (sent < count) {
      const message = messages[sent++ % messages.length];
      if (!connection.send(copy ? Buffer.from(message) : message)) return;
    }
  };
  if (connection.socket) connection.socket.on("drain", pump);
  else connection.ondrain = pump;
  pump();
}

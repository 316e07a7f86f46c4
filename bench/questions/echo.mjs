/**
 * How many 512-byte messages does a server echo in a second, over 100 connections with 16 messages
 * in flight on each? The load comes from one plain process, the same for all. `arraybuffer` copies
 * out of and into the engine, `onmessages` echoes the borrowed bytes (one copy), node:net writes
 * the Buffers it read (none).
 */
import { least } from "../floors.mjs";
import { Check, streamAt } from "../pattern.mjs";
import { listenNet, listenSocket, openNet } from "../sockets.mjs";

const MESSAGE_BYTES = 512;
const CONNECTIONS = 100;
const IN_FLIGHT = 16;
const NET = "node:net";

export const echo = {
  name: "echo",
  unit: "message",
  amount: 300_000,
  quick: 20_000,
  subject: "serve",
  sides: {
    "sansock arraybuffer": { library: "sansock", echo: echoData, versus: NET },
    "sansock onmessages": { library: "sansock", echo: echoMessages, versus: NET },
    [NET]: { versus: NET },
    "twin arraybuffer": { library: "twin", echo: echoData, versus: NET },
    "twin onmessages": { library: "twin", echo: echoMessages, versus: NET },
  },
  floors: [least("sansock arraybuffer", NET, 0.95), least("sansock onmessages", NET, 0.95)],
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },

  serve(side) {
    if (side.library) return listenSocket(side.library, { binaryType: "arraybuffer" }, side.echo);
    return listenNet((socket) => socket.on("data", (bytes) => socket.write(bytes)));
  },

  async run(_peer, port, amount, thorough) {
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => openNet(port)));
    const each = Math.floor(amount / CONNECTIONS);
    const start = performance.now();
    await Promise.all(sockets.map((socket) => load(socket, each, thorough)));
    const seconds = (performance.now() - start) / 1000;
    for (const socket of sockets) socket.end();
    return { units: each * CONNECTIONS, seconds };
  },
};

function echoData(socket) {
  socket.ondata = (event) => socket.send(event.data);
}

function echoMessages(socket) {
  socket.onmessages = (event) => socket.send(event.data.bytes);
}

/** Keeps IN_FLIGHT messages under way until `count` are back. */
function load(socket, count, thorough) {
  const check = new Check(thorough);
  let sent = 0;
  const send = (messages) => {
    if (messages <= 0) return;
    socket.write(streamAt(sent * MESSAGE_BYTES, messages * MESSAGE_BYTES));
    sent += messages;
  };
  return new Promise((resolve) => {
    socket.on("data", (bytes) => {
      check.take(bytes);
      const back = Math.floor(check.position / MESSAGE_BYTES);
      if (back === count) resolve();
      else send(Math.min(count, back + IN_FLIGHT) - sent);
    });
    send(Math.min(count, IN_FLIGHT));
  });
}

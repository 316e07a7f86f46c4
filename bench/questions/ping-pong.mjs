/**
 * How long does a 64-byte message take to a plain echoing peer and back, one at a time? Every round
 * trip is timed; a round yields their median and 99th percentile.
 */
import { most } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { Check, messagesOf } from "../pattern.mjs";
import { peers } from "../peers.mjs";
import { listenNet } from "../sockets.mjs";
import { openCopying, openData, openEmailjs, openOnread } from "./receivers.mjs";

const MESSAGE_BYTES = 64;
const COPY = "node:net onread, copy";
const DATA = "node:net data";

export const pingPong = {
  name: "ping-pong",
  unit: "message",
  amount: 20_000,
  quick: 500,
  subject: "run",
  sides: {
    sansock: { open: openCopying, library: "sansock", versus: COPY },
    [COPY]: { open: openOnread, copy: true, versus: COPY },
    twin: { open: openCopying, library: "twin", versus: COPY },
    [DATA]: { open: openData, versus: COPY },
    "emailjs-tcp-socket": { open: openEmailjs, needs: peers, versus: COPY },
    "limit in C": { run: limit("ping-pong"), needs: compiled, versus: COPY },
  },
  floors: [
    most("sansock", COPY, 1.2),
    most("sansock", DATA, 1.2),
    most("sansock", COPY, 1.3, { measure: "p99 µs" }),
    most("sansock", DATA, 1.3, { measure: "p99 µs" }),
  ],
  measures: {
    "p50 µs": { value: ({ p50 }) => p50, lower: true },
    "p99 µs": { value: ({ p99 }) => p99, lower: true },
  },

  serve() {
    return listenNet((socket) => socket.on("data", (bytes) => socket.write(bytes)));
  },

  async run(side, port, amount, thorough) {
    const messages = messagesOf(MESSAGE_BYTES);
    const check = new Check(thorough);
    const times = new Float64Array(amount);
    let trip = 0;
    let sentAt = 0;
    let finished;
    const all = new Promise((resolve) => {
      finished = resolve;
    });
    const next = () => {
      sentAt = performance.now();
      connection.send(messages[trip % messages.length]);
    };
    const take = (bytes) => {
      check.take(bytes);
      if (check.position < (trip + 1) * MESSAGE_BYTES) return;
      times[trip++] = performance.now() - sentAt;
      if (trip < amount) next();
      else finished();
    };
    const connection = await side.open(side, port, take);
    const start = performance.now();
    next();
    await all;
    const seconds = (performance.now() - start) / 1000;
    connection.close();
    times.sort();
    const at = (share) => times[Math.floor(share * (amount - 1))] * 1000;
    return { units: amount, seconds, p50: at(0.5), p99: at(0.99) };
  },
};

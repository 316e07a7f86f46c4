/**
 * How fast does a client send 64 KiB at a time, stopping when send() says false and going on at
 * `drain`? send() copies, so that the app may reuse its buffer at once; the node:net of that shape
 * copies too. Without the copy it is faster, and the app must leave the buffer alone until the
 * write's callback: also shown.
 */
import { least } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { messagesOf } from "../pattern.mjs";
import { peers } from "../peers.mjs";
import { openEmailjsSender } from "./senders.mjs";
import { serveSink, timeSending } from "./sink.mjs";

const MESSAGE_BYTES = 64 * 1024;
const COPY = "node:net, copy";
const NO_COPY = "node:net, no copy";

export const sendBulk = {
  name: "send-bulk",
  unit: "KiB",
  amount: 512 * 1024,
  quick: 16 * 1024,
  subject: "run",
  sides: {
    sansock: { library: "sansock", versus: COPY },
    [COPY]: { library: "net", copy: true, versus: COPY },
    twin: { library: "twin", versus: COPY },
    [NO_COPY]: { library: "net", versus: COPY },
    "emailjs-tcp-socket": { connect: openEmailjsSender, needs: peers, versus: COPY },
    "limit in C": { run: limit("send"), needs: compiled, versus: COPY },
  },
  floors: [least("sansock", NO_COPY, 1)],
  measures: { "MiB/s": { value: ({ units, seconds }) => units / 1024 / seconds } },

  serve: serveSink,

  async run(side, port, amount, thorough) {
    const messages = messagesOf(MESSAGE_BYTES);
    const total = amount * 1024;
    const count = total / MESSAGE_BYTES;
    let sent = 0;
    const seconds = await timeSending(side, port, total, thorough, (send) => {
      while (sent < count) {
        const message = messages[sent++ % messages.length];
        if (!send(side.copy ? Buffer.from(message) : message)) return;
      }
    });
    return { units: amount, seconds };
  },
};

/**
 * How many 64-byte messages does a client send in a second? Against node:net corked for 256 writes
 * at a time, its best without joining messages by hand. A write each stands beside it for every
 * runtime, and is nobody's best: Bun has its ArrayBufferSink to join them. node:net keeps references
 * here, it copies nothing.
 */
import { least } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { messagesOf } from "../pattern.mjs";
import { peers } from "../peers.mjs";
import { bun, deno } from "../runtimes.mjs";
import { openBunSink, openBunWriter, openEmailjsSender, timeSendingInDeno } from "./senders.mjs";
import { serveSink, timeSending } from "./sink.mjs";

const MESSAGE_BYTES = 64;
const CORKED = 256;
const CORK = "node:net, corked";
const BUN = "bun, a write each";

export const sendSmall = {
  name: "send-small",
  unit: "message",
  amount: 500_000,
  quick: 20_000,
  subject: "run",
  sides: {
    sansock: { library: "sansock", times: 8, versus: CORK },
    [CORK]: { library: "net", corked: true, times: 4, versus: CORK },
    twin: { library: "twin", times: 8, versus: CORK },
    "limit in C": { run: limit("send-small"), times: 8, needs: compiled, versus: CORK },
    "bun, ArrayBufferSink": { connect: openBunSink, times: 8, needs: bun, versus: CORK },
    "node:net, a write each": { library: "net", versus: CORK },
    "emailjs-tcp-socket": {
      ...{ connect: openEmailjsSender, needs: peers, times: 0.2, versus: CORK },
    },
    [BUN]: { connect: openBunWriter, needs: bun, times: 0.5, versus: CORK },
    "deno, a write each": { run: runDeno, needs: deno, times: 0.2, versus: CORK },
  },
  floors: [least("sansock", CORK, 1.8), least("sansock", "twin", 1.1), least("sansock", BUN, 25)],
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },

  serve: serveSink,

  async run(side, port, amount, thorough) {
    const messages = messagesOf(MESSAGE_BYTES);
    const count = countOf(side, amount);
    let sent = 0;
    const sendUntil = (end, send) => {
      let more = true;
      while (more && sent < end) more = send(messages[sent++ % messages.length]);
      return more;
    };
    const sendCorked = (send, socket) => {
      let more = true;
      while (more && sent < count) {
        socket.cork();
        more = sendUntil(Math.min(count, sent + CORKED), send);
        socket.uncork();
      }
    };
    const pump = side.corked ? sendCorked : (send) => sendUntil(count, send);
    const seconds = await timeSending(side, port, count * MESSAGE_BYTES, thorough, pump);
    return { units: count, seconds };
  },
};

/** Slow sides send fewer, fast ones more, so that no round is over too soon or takes too long. */
function countOf({ times = 1 }, amount) {
  return Math.round(amount * times);
}

async function runDeno(side, port, amount, thorough) {
  const messages = messagesOf(MESSAGE_BYTES);
  const count = countOf(side, amount);
  return { units: count, seconds: await timeSendingInDeno(port, messages, count, thorough) };
}

/**
 * How many 64-byte messages does a client send in a second? Against node:net corked for 256 writes
 * at a time, its best without joining messages by hand, and against one plain write each. node:net
 * keeps references here, it copies nothing.
 */
import { messagesOf } from "../pattern.mjs";
import { serveSink, timeSending } from "./sink.mjs";

const MESSAGE_BYTES = 64;
const CORKED = 256;
const CORK = "node:net, corked";

export const sendSmall = {
  name: "send-small",
  unit: "message",
  amount: 500_000,
  quick: 20_000,
  subject: "run",
  sides: {
    sansock: { library: "sansock", versus: CORK },
    [CORK]: { library: "net", corked: true, versus: CORK },
    twin: { library: "twin", versus: CORK },
    "node:net": { library: "net", versus: CORK },
  },
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },

  serve: serveSink,

  async run(side, port, amount, thorough) {
    const messages = messagesOf(MESSAGE_BYTES);
    let sent = 0;
    const sendUntil = (end, send) => {
      let more = true;
      while (more && sent < end) more = send(messages[sent++ % messages.length]);
      return more;
    };
    const sendCorked = (send, socket) => {
      let more = true;
      while (more && sent < amount) {
        socket.cork();
        more = sendUntil(Math.min(amount, sent + CORKED), send);
        socket.uncork();
      }
    };
    const pump = side.corked ? sendCorked : (send) => sendUntil(amount, send);
    const seconds = await timeSending(side, port, amount * MESSAGE_BYTES, thorough, pump);
    return { units: amount, seconds };
  },
};

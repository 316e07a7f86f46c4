/**
 * What does it cost that events run in the AsyncLocalStorage context their socket was made in? The
 * round trips of ping-pong, on 50 sockets at a time, each made in a context of its own; beside them
 * the same without a context, and node:net, which keeps contexts in its own way.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Check, messagesOf } from "../pattern.mjs";
import { pingPong } from "./ping-pong.mjs";
import { openCopying, openOnread } from "./receivers.mjs";

const MESSAGE_BYTES = 64;
const SOCKETS = 50;
const PLAIN = "sansock";
const NET = "node:net onread, copy";

const storage = new AsyncLocalStorage();

export const contexts = {
  name: "contexts",
  unit: "message",
  amount: 50_000,
  quick: 2_500,
  subject: "run",
  sides: {
    "sansock in contexts": {
      open: openCopying,
      library: "sansock",
      inContext: true,
      versus: PLAIN,
    },
    [PLAIN]: { open: openCopying, library: "sansock", versus: PLAIN },
    [`${NET}, in contexts`]: { open: openOnread, copy: true, inContext: true, versus: NET },
    [NET]: { open: openOnread, copy: true, versus: NET },
  },
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },
  serve: pingPong.serve,

  async run(side, port, amount, thorough) {
    const each = Math.floor(amount / SOCKETS);
    const one = (_, name) => {
      const make = () => exchange(side, port, each, thorough, side.inContext ? name : undefined);
      return side.inContext ? storage.run(name, make) : make();
    };
    const exchanges = await Promise.all(Array.from({ length: SOCKETS }, one));
    const start = performance.now();
    await Promise.all(exchanges.map((go) => go()));
    return { units: each * SOCKETS, seconds: (performance.now() - start) / 1000 };
  },
};

/** An open connection; resolves with what sends and hears `count` messages, one at a time. */
async function exchange(side, port, count, thorough, context) {
  const messages = messagesOf(MESSAGE_BYTES);
  const check = new Check(thorough);
  let trip = 0;
  let finished;
  const take = (bytes) => {
    if (storage.getStore() !== context) throw new Error(`in ${storage.getStore()}, not ${context}`);
    check.take(bytes);
    if (check.position < (trip + 1) * MESSAGE_BYTES) return;
    trip++;
    if (trip < count) connection.send(messages[trip % messages.length]);
    else finished();
  };
  const connection = await side.open(side, port, take);
  return async () => {
    const all = new Promise((resolve) => {
      finished = resolve;
    });
    connection.send(messages[0]);
    await all;
    connection.close();
  };
}

/**
 * A question about messages, asked twice: of a client, and of the sockets a server accepts. One
 * plain process sends as fast as the kernel takes it; the side under test receives. The clock runs
 * from the request to the last message. A side that keeps up with the sender is as fast as any can
 * be: there the CPU time says more than the speed.
 */
import { listenNet, openNet } from "../sockets.mjs";
import { announced, announcement } from "./stream.mjs";
import { Tally } from "./tally.mjs";

const ANSWER = new Uint8Array(1);

const common = {
  unit: "message",
  amount: 3_000_000,
  quick: 100_000,
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },
};

/**
 * @param streamOf makes the MessageStream
 * @param sides see openers.mjs; `times` as many messages where a round would be over too soon, or last
 *   too long
 */
export function askClient(name, streamOf, sides) {
  return {
    ...common,
    name,
    subject: "run",
    sides,

    serve() {
      const stream = streamOf();
      return listenNet((socket) => {
        socket.once("data", (chunk) => stream.send(socket, announced(chunk).count));
      });
    },

    async run({ open, times = 1 }, port, amount, thorough) {
      const tally = new Tally(streamOf());
      const count = Math.round(amount * times);
      tally.expect(count, thorough);
      const finished = new Promise((resolve) => {
        tally.onfinish = resolve;
      });
      const connection = await open(port, tally);
      const start = performance.now();
      connection.send(announcement(count, thorough));
      await finished;
      const seconds = (performance.now() - start) / 1000;
      connection.close();
      return { units: count, seconds };
    },
  };
}

/** @param streamOf and sides: as above, without `times` */
export function askServer(name, streamOf, sides) {
  return {
    ...common,
    name,
    amount: common.amount * 4, // all sides get the same, and the fastest is not to be through too soon
    subject: "serve",
    sides,

    serve(side) {
      const stream = streamOf();
      return side.listen((connection) => {
        const tally = new Tally(stream);
        tally.onannounce = () => connection.send(ANSWER);
        tally.onfinish = () => connection.send(ANSWER);
        return tally;
      });
    },

    async run(_peer, port, amount, thorough) {
      const stream = streamOf();
      const socket = await openNet(port);
      const answered = () => new Promise((resolve) => socket.once("data", resolve));
      socket.write(stream.framed(announcement(amount, thorough)));
      await answered();
      const start = performance.now();
      stream.send(socket, amount);
      await answered();
      const seconds = (performance.now() - start) / 1000;
      socket.end();
      return { units: amount, seconds };
    },
  };
}

/** Some of the sides. */
export function only(sides, names) {
  return Object.fromEntries(names.map((name) => [name, { ...sides[name], times: undefined }]));
}

/**
 * How many short connections in a second: connect, send 64 bytes, have them echoed, close; 16 at a
 * time. Once with the client under test, once with the server; the other end is plain node:net.
 * Enough of them in a round that all that runs is compiled, for which Node 24 takes 30,000. The next
 * connection starts at the client's `close` event. TCPSocket's comes when its own FIN is sent, node:net's
 * waits for the peer's; the work is the same. No process is started anew: until another port of a server has
 * as many connections in TIME_WAIT, the kernel finds ports for more in half of the time.
 */
import { least } from "../floors.mjs";
import { Check, streamAt } from "../pattern.mjs";
import { listenNet, listenSocket, makeNet, socketMaker } from "../sockets.mjs";

const MESSAGE = streamAt(0, 64);
const AT_A_TIME = 16;
const NET = "node:net";

const common = {
  unit: "connection",
  amount: 20_000,
  quick: 100,
  lifetime: Infinity,
  sides: {
    sansock: { library: "sansock", versus: NET },
    [NET]: { versus: NET },
    twin: { library: "twin", versus: NET },
  },
  floors: [least("sansock", NET, 0.85)],
  measures: { "connections/s": { value: ({ units, seconds }) => units / seconds } },

  serve(side) {
    if (!side?.library) {
      return listenNet((socket) => socket.on("data", (bytes) => socket.write(bytes)));
    }
    return listenSocket(side.library, { binaryType: "arraybuffer" }, (socket) => {
      socket.ondata = (event) => socket.send(event.data);
    });
  },

  async run(side, port, amount, thorough) {
    const once = side?.library ? await tcpSocketOnce(side.library) : netOnce;
    let left = amount;
    const worker = async () => {
      while (left-- > 0) {
        const check = new Check(thorough);
        await once(port, (bytes) => {
          check.take(bytes);
          return check.position === MESSAGE.length;
        });
        if (check.position !== MESSAGE.length) throw new Error("closed before the echo came");
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    return { units: amount, seconds: (performance.now() - start) / 1000 };
  },
};

export const connectCloseClient = { ...common, name: "connect-close-client", subject: "run" };
export const connectCloseServer = { ...common, name: "connect-close-server", subject: "serve" };

async function tcpSocketOnce(library) {
  const make = await socketMaker(library);
  return (port, take) =>
    new Promise((resolve) => {
      const socket = make(port, { binaryType: "arraybuffer" });
      socket.onopen = () => socket.send(MESSAGE);
      socket.ondata = (event) => {
        if (take(new Uint8Array(event.data))) socket.close();
      };
      socket.onclose = resolve;
    });
}

function netOnce(port, take) {
  return new Promise((resolve) => {
    const socket = makeNet(port);
    socket.once("connect", () => socket.write(MESSAGE));
    socket.on("data", (bytes) => {
      if (take(bytes)) socket.end();
    });
    socket.once("close", resolve);
  });
}

/**
 * What does a socket cost that does nothing? 10,000 connections are opened, all at once 100 at a
 * time, and kept; then what is left after garbage collection is divided among them. Once on the
 * client's side, once on the server's; the other end is plain node:net.
 *
 * RSS is what the operating system gives; heap is V8's part of it; engine is the part of engine memory
 * that was touched (Linux only, it is read from /proc/self/smaps).
 */
import { moreMost, valueMost } from "../floors.mjs";
import { listenNet, listenSocket, makeNet, socketMaker } from "../sockets.mjs";

const AT_A_TIME = 100;
const NET = "node:net";

/** Both ends stay referenced here. */
const kept = [];

const perSocket = (name) => ({
  value: ({ units, memory }) => memory[name] / units,
  lower: true,
  difference: true,
});

const common = {
  unit: "socket",
  amount: 10_000,
  quick: 500,
  fresh: true,
  sides: {
    sansock: { library: "sansock", versus: NET },
    [NET]: { versus: NET },
    twin: { library: "twin", versus: NET },
  },
  floors: [moreMost("sansock", NET, 1500), valueMost("sansock", 256, { measure: "engine bytes" })],
  grows: "its sockets stay open",
  measures: {
    "RSS bytes": perSocket("rss"),
    "heap bytes": perSocket("heap"),
    "engine bytes": perSocket("engine"),
  },

  serve(side) {
    const keep = (socket) => kept.push(socket);
    return side?.library ? listenSocket(side.library, {}, keep) : listenNet(keep);
  },

  async run(side, port, amount) {
    const open = side?.library ? await openings(side.library) : openNet;
    let left = amount;
    const worker = async () => {
      while (left-- > 0) kept.push(await open(port));
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    return { units: amount, seconds: (performance.now() - start) / 1000 };
  },
};

export const idleClient = { ...common, name: "idle-client", subject: "run" };
export const idleServer = { ...common, name: "idle-server", subject: "serve" };

// Each side with one handler for as long as it lives, none from here on.

async function openings(library) {
  const make = await socketMaker(library);
  return (port) =>
    new Promise((open) => {
      const socket = make(port);
      socket.onopen = () => {
        socket.onopen = null;
        open(socket);
      };
    });
}

function openNet(port) {
  return new Promise((open) => {
    const socket = makeNet(port);
    socket.once("connect", () => open(socket));
    socket.on("error", fail);
  });
}

function fail(error) {
  throw error;
}

/**
 * Does a server lose speed as its sockets become many? The same load over 1, 10, 100, 1,000 and 10,000
 * of them: 10,000 messages of 64 bytes in flight, sent in turn over all, each echoed. What counts is not
 * what a side keeps of its own speed, for the peer and the kernel lose too, but that sansock keeps as
 * much of it as node:net does.
 */
import { fallLeast } from "../floors.mjs";
import { Check, streamAt } from "../pattern.mjs";
import { listenNet, listenSocket, openNet } from "../sockets.mjs";

const MESSAGE_BYTES = 64;
const IN_FLIGHT = 10_000;
/** How many → how much of the amount: the more there are, the longer the same takes. */
const TIMES = { 1: 8, 10: 8, 100: 8, 1000: 1, 10000: 0.5 };
const COUNTS = Object.keys(TIMES).map(Number);
const AT_A_TIME = 100;
/** Files that a process has open beside its sockets. */
const OTHER_FILES = 100;
/** Two sides that are alike differ by so much from run to run. */
const NO_FASTER = 0.95;

/** The peer's sockets, opened once: nobody asks here what connecting takes. */
const kept = [];

const sideOf = (library, sockets) => ({
  library,
  sockets,
  needs: () => files(sockets),
  versus: nameOf("node:net", sockets),
});

function nameOf(library, sockets) {
  return `${library} ${String(sockets).replace(/\B(?=(\d{3})+$)/g, ",")}`;
}

export const manySockets = {
  name: "many-sockets",
  unit: "message",
  amount: 200_000,
  quick: 20_000,
  subject: "serve",
  sides: Object.fromEntries(
    COUNTS.flatMap((sockets) =>
      ["sansock", "node:net"].map((name) => [nameOf(name, sockets), sideOf(name, sockets)]),
    ),
  ),
  floors: COUNTS.slice(1).map((sockets) => {
    const [first] = COUNTS;
    const at = (library) => [nameOf(library, sockets), nameOf(library, first)];
    const [own, ownFirst] = at("sansock");
    const [its, itsFirst] = at("node:net");
    return fallLeast(own, its, ownFirst, itsFirst, NO_FASTER);
  }),
  measures: { "messages/s": { value: ({ units, seconds }) => units / seconds } },

  serve({ library }) {
    if (library !== "sansock") {
      return listenNet((socket) => socket.on("data", (bytes) => socket.write(bytes)));
    }
    return listenSocket(library, { binaryType: "arraybuffer" }, (socket) => {
      socket.ondata = (event) => socket.send(event.data);
    });
  },

  peer: ({ sockets }) => ({ sockets }),

  async run({ sockets }, port, amount, thorough) {
    await openAll(port, sockets);
    const each = Math.max(1, Math.floor((amount * TIMES[sockets]) / kept.length));
    const start = performance.now();
    await Promise.all(kept.map((socket) => exchange(socket, each, thorough)));
    return { units: each * kept.length, seconds: (performance.now() - start) / 1000 };
  },
};

async function openAll(port, wanted) {
  let left = wanted - kept.length;
  const worker = async () => {
    while (left-- > 0) kept.push(await openNet(port));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** Sends `count` messages, its share of IN_FLIGHT at a time, and hears them all. */
function exchange(socket, count, thorough) {
  const check = new Check(thorough);
  const ahead = Math.max(1, Math.floor(IN_FLIGHT / kept.length));
  let sent = 0;
  const sendUntil = (end) => {
    for (let next; sent < end; sent = next) {
      next = Math.min(end, sent + 1024);
      socket.write(streamAt(sent * MESSAGE_BYTES, (next - sent) * MESSAGE_BYTES));
    }
  };
  return new Promise((resolve) => {
    const take = (bytes) => {
      check.take(bytes);
      const back = Math.floor(check.position / MESSAGE_BYTES);
      if (back < count) return sendUntil(Math.min(count, back + ahead));
      socket.off("data", take);
      resolve();
    };
    socket.on("data", take);
    sendUntil(Math.min(count, ahead));
  });
}

/** Node raises its limit of open files as far as it may by itself; where that is too low we say so. */
function files(sockets) {
  const wanted = sockets + OTHER_FILES;
  const allowed = process.report?.getReport().userLimits?.open_files.soft ?? "unlimited";
  if (allowed === "unlimited" || Number(allowed) >= wanted) return {};
  return { missing: `${wanted} open files are needed, ${allowed} are allowed here (ulimit -n)` };
}

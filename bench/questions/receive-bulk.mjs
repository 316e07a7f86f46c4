/**
 * How fast does a client receive the 64 KiB writes of a plain peer? Copy against copy:
 * `arraybuffer` gives the app a fresh ArrayBuffer for each read, as does node:net's `onread` with a
 * slice of its buffer. Borrowed against borrowed: `onmessages` lends the window, as does `onread`
 * by itself. node:net's everyday way, `data`, stands beside them, as it is and made an ArrayBuffer of
 * the read alone. So does C, with a block for each read, or one for all.
 */
import { cpuMost, least } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { messagesOf } from "../pattern.mjs";
import { peers } from "../peers.mjs";
import { listenNet } from "../sockets.mjs";
import {
  openCopying,
  openData,
  openDataCopied,
  openEmailjs,
  openLending,
  openOnread,
  timeReceiving,
} from "./receivers.mjs";
import { requested } from "./request.mjs";

const MESSAGE_BYTES = 64 * 1024;
const COPY = "node:net onread, copy";
const LEND = "node:net onread, lent";
const DATA = "node:net data";
const DATA_COPY = "node:net data, copy";

export const receiveBulk = {
  name: "receive-bulk",
  unit: "KiB",
  amount: 512 * 1024,
  quick: 16 * 1024,
  subject: "run",
  sides: {
    "sansock arraybuffer": { open: openCopying, library: "sansock", versus: COPY },
    [COPY]: { open: openOnread, copy: true, versus: COPY },
    "twin arraybuffer": { open: openCopying, library: "twin", versus: COPY },
    [DATA_COPY]: { open: openDataCopied, versus: COPY },
    [DATA]: { open: openData, versus: COPY },
    "emailjs-tcp-socket": { open: openEmailjs, needs: peers, versus: COPY },
    "limit in C, given away": { run: limit("receive-given"), needs: compiled, versus: COPY },
    "sansock onmessages": { open: openLending, library: "sansock", versus: LEND },
    [LEND]: { open: openOnread, copy: false, versus: LEND },
    "twin onmessages": { open: openLending, library: "twin", versus: LEND },
    "limit in C": { run: limit("receive"), needs: compiled, versus: LEND },
  },
  floors: [
    cpuMost("sansock arraybuffer", DATA_COPY, 0.75),
    least("sansock arraybuffer", DATA, 0.95),
    cpuMost("sansock onmessages", DATA, 0.9),
  ],
  measures: { "MiB/s": { value: ({ units, seconds }) => units / 1024 / seconds } },

  serve() {
    const messages = messagesOf(MESSAGE_BYTES);
    return listenNet((socket) => {
      socket.once("data", (bytes) => {
        const count = requested(bytes).bytes / MESSAGE_BYTES;
        let sent = 0;
        const pump = () => {
          while (sent < count) if (!socket.write(messages[sent++ % messages.length])) return;
        };
        socket.on("drain", pump);
        pump();
      });
    });
  },

  run: timeReceiving,
};

/**
 * How many 64-byte messages behind a u32 length can be received in a second? A batch against a good
 * parser on node:net, and against plain JavaScript at its best; one `data` event for each message
 * against that parser handing out the same shape. Bun's and Deno's sockets with the same parser stand
 * beside them, the loop in C, and what it takes to read the bytes and look at none.
 */
import { least } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { asArrayBuffer, asSubarray } from "../messages/handing.mjs";
import { LengthParser, LengthScanner } from "../messages/length-parser.mjs";
import { throughNet, throughNothing, throughSansock, throughTwin } from "../messages/openers.mjs";
import { askClient, askServer, only } from "../messages/question.mjs";
import { throughBun, throughDeno } from "../messages/runtimes.mjs";
import { lengthStream, sumIsThatOf } from "../messages/stream.mjs";
import { bun, deno } from "../runtimes.mjs";

const LARGE_WINDOW = 256 * 1024;
const SUBARRAY = "net parser subarray";
const ARRAYBUFFER = "net parser arraybuffer";
const BUN = "bun parser subarray";
const LIMIT = "limit in C";

const lengthPrefixed = (framing) => framing.lengthPrefixed({ bytes: 4 });
const sansock = (handed, windowBytes) => throughSansock(lengthPrefixed, handed, windowBytes);
const net = (handing) => {
  return throughNet((socket, tally) => {
    const parser = new LengthParser(handing(tally));
    socket.on("data", (chunk) => parser.take(chunk));
  });
};

const SIDES = {
  "sansock onmessages": { ...sansock("onmessages"), times: 4, versus: SUBARRAY },
  "sansock onmessages, 256 KiB window": {
    ...sansock("onmessages", LARGE_WINDOW),
    times: 4,
    versus: SUBARRAY,
  },
  "sansock data uint8array": { ...sansock("uint8array"), versus: SUBARRAY },
  "sansock data arraybuffer": { ...sansock("arraybuffer"), versus: ARRAYBUFFER },
  "sansock data string": { ...sansock("string"), versus: SUBARRAY },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
  [ARRAYBUFFER]: { ...net(asArrayBuffer), versus: SUBARRAY },
  [BUN]: {
    ...throughBun((tally) => new LengthParser(asSubarray(tally))),
    needs: bun,
    versus: SUBARRAY,
  },
  "deno parser subarray": {
    ...throughDeno((tally) => new LengthParser(asSubarray(tally))),
    needs: deno,
    versus: SUBARRAY,
  },
  twin: { ...throughTwin(LengthScanner), times: 4, versus: SUBARRAY },
  "twin, 256 KiB window": {
    ...throughTwin(LengthScanner, LARGE_WINDOW),
    times: 4,
    versus: SUBARRAY,
  },
  [LIMIT]: {
    run: limit("length", sumIsThatOf(lengthStream)),
    times: 4,
    needs: compiled,
    versus: SUBARRAY,
  },
  discard: { ...throughNothing(), times: 4, versus: SUBARRAY },
};

export const messagesLength = {
  ...askClient("messages-length", lengthStream, SIDES),
  floors: [
    least("sansock onmessages", SUBARRAY, 5),
    least("sansock onmessages", BUN, 3),
    least("sansock onmessages", "twin", 0.95),
    least("sansock onmessages", LIMIT, 0.8),
    least("sansock data uint8array", SUBARRAY, 0.8),
    least("sansock data arraybuffer", ARRAYBUFFER, 1),
  ],
};

const ACCEPTED = ["sansock onmessages", "sansock data uint8array", SUBARRAY];

export const messagesLengthAccepted = {
  ...askServer("messages-length-accepted", lengthStream, only(SIDES, ACCEPTED)),
  floors: [
    least("sansock onmessages", SUBARRAY, 5),
    least("sansock data uint8array", SUBARRAY, 0.8),
  ],
};

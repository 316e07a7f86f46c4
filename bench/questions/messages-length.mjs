/**
 * How many 64-byte messages behind a u32 length can be received in a second? A batch against a good
 * parser on node:net, and against plain JavaScript at its best; one `data` event for each message
 * against that parser handing out the same shape. Bun's socket with the same parser stands beside
 * them, and what it takes to read the bytes and look at none.
 */
import { bun } from "../bun.mjs";
import { asArrayBuffer, asSubarray } from "../messages/handing.mjs";
import { LengthParser, LengthScanner } from "../messages/length-parser.mjs";
import {
  throughBun,
  throughNet,
  throughNothing,
  throughSansock,
  throughTwin,
} from "../messages/openers.mjs";
import { askClient, askServer } from "../messages/question.mjs";
import { lengthStream } from "../messages/stream.mjs";

const SUBARRAY = "net parser subarray";
const ARRAYBUFFER = "net parser arraybuffer";

const lengthPrefixed = (framing) => framing.lengthPrefixed({ bytes: 4 });
const sansock = (handed) => throughSansock(lengthPrefixed, handed);
const net = (handing) => {
  return throughNet((socket, tally) => {
    const parser = new LengthParser(handing(tally));
    socket.on("data", (chunk) => parser.take(chunk));
  });
};

export const messagesLength = askClient("messages-length", lengthStream, {
  "sansock onmessages": {
    ...sansock("onmessages"),
    times: 4,
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 5, twin: 0.95 },
  },
  "sansock data uint8array": {
    ...sansock("uint8array"),
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 0.8 },
  },
  "sansock data arraybuffer": {
    ...sansock("arraybuffer"),
    versus: ARRAYBUFFER,
    floors: { [ARRAYBUFFER]: 1 },
  },
  "sansock data string": { ...sansock("string"), versus: SUBARRAY },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
  [ARRAYBUFFER]: { ...net(asArrayBuffer), versus: SUBARRAY },
  "bun parser subarray": {
    ...throughBun((tally) => new LengthParser(asSubarray(tally))),
    runtime: bun,
    versus: SUBARRAY,
  },
  twin: { ...throughTwin(LengthScanner), times: 4, versus: SUBARRAY },
  discard: { ...throughNothing(), times: 4, versus: SUBARRAY },
});

export const messagesLengthAccepted = askServer("messages-length-accepted", lengthStream, {
  "sansock onmessages": {
    ...sansock("onmessages"),
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 5 },
  },
  "sansock data uint8array": {
    ...sansock("uint8array"),
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 0.8 },
  },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
});

/**
 * How many 64-byte lines, ended by CRLF, can be received in a second? A batch against `indexOf` on
 * node:net, split2 and plain JavaScript at its best; one `data` event for each line against the
 * same parsers handing out the same shape. `indexOf` stands here twice: over bytes, and over text
 * cut from chunks that are decoded as a whole, where lines are slices that cost next to nothing.
 */
import split2 from "split2";
import { bun } from "../bun.mjs";
import { asArrayBuffer, asSubarray } from "../messages/handing.mjs";
import { LineParser, LineScanner, TextLineParser } from "../messages/line-parser.mjs";
import {
  throughBun,
  throughNet,
  throughNothing,
  throughSansock,
  throughTwin,
} from "../messages/openers.mjs";
import { askClient, askServer } from "../messages/question.mjs";
import { lineStream } from "../messages/stream.mjs";

const SUBARRAY = "net indexOf subarray";
const ARRAYBUFFER = "net indexOf arraybuffer";
const STRING = "net indexOf string";
const SPLIT2 = "split2";

const sansock = (handed) => throughSansock((framing) => framing.lines(), handed);
const net = (handing) => {
  return throughNet((socket, tally) => {
    const parser = new LineParser(handing(tally));
    socket.on("data", (chunk) => parser.take(chunk));
  });
};
const netText = throughNet((socket, tally) => {
  const parser = new TextLineParser((line) => tally.text(line));
  socket.setEncoding("latin1").on("data", (chunk) => parser.take(chunk));
});
const netSplit2 = throughNet((socket, tally) => {
  socket.pipe(split2()).on("data", (line) => tally.text(line));
});

export const messagesLines = askClient("messages-lines", lineStream, {
  "sansock onmessages": {
    ...sansock("onmessages"),
    times: 4,
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 5, [SPLIT2]: 5, twin: 1.2 },
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
  "sansock data string": { ...sansock("string"), versus: STRING },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
  [ARRAYBUFFER]: { ...net(asArrayBuffer), versus: SUBARRAY },
  [STRING]: { ...netText, versus: SUBARRAY },
  [SPLIT2]: { ...netSplit2, versus: SUBARRAY },
  "bun indexOf subarray": {
    ...throughBun((tally) => new LineParser(asSubarray(tally))),
    runtime: bun,
    versus: SUBARRAY,
  },
  twin: { ...throughTwin(LineScanner), times: 4, versus: SUBARRAY },
  discard: { ...throughNothing(), times: 4, versus: SUBARRAY },
});

export const messagesLinesAccepted = askServer("messages-lines-accepted", lineStream, {
  "sansock onmessages": {
    ...sansock("onmessages"),
    versus: SUBARRAY,
    floors: { [SUBARRAY]: 5, [SPLIT2]: 5 },
  },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
  [SPLIT2]: { ...netSplit2, versus: SUBARRAY },
});

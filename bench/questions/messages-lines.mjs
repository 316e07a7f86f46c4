/**
 * How many 60-byte lines, ended by CRLF, can be received in a second? A batch against `indexOf` on
 * node:net, split2 and plain JavaScript at its best; one `data` event for each line against the
 * same parsers handing out the same shape. `indexOf` stands here twice: over bytes, and over text
 * cut from chunks that are decoded as a whole, where lines are slices that cost next to nothing.
 */
import split2 from "split2";
import { least } from "../floors.mjs";
import { compiled, limit } from "../limit/limit.mjs";
import { asArrayBuffer, asSubarray } from "../messages/handing.mjs";
import { LineParser, LineScanner, TextLineParser } from "../messages/line-parser.mjs";
import { throughNet, throughNothing, throughSansock, throughTwin } from "../messages/openers.mjs";
import { askClient, askServer, only } from "../messages/question.mjs";
import { throughBun, throughDeno } from "../messages/runtimes.mjs";
import { lineStream, sumIsThatOf } from "../messages/stream.mjs";
import { bun, deno } from "../runtimes.mjs";

const LARGE_WINDOW = 256 * 1024;
const SUBARRAY = "net indexOf subarray";
const ARRAYBUFFER = "net indexOf arraybuffer";
const STRING = "net indexOf string";
const SPLIT2 = "split2";

const sansock = (handed, windowBytes) =>
  throughSansock((framing) => framing.lines(), handed, windowBytes);
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

const SIDES = {
  "sansock onmessages": { ...sansock("onmessages"), times: 4, versus: SUBARRAY },
  "sansock onmessages, 256 KiB window": {
    ...sansock("onmessages", LARGE_WINDOW),
    times: 4,
    versus: SUBARRAY,
  },
  "sansock data uint8array": { ...sansock("uint8array"), versus: SUBARRAY },
  "sansock data arraybuffer": { ...sansock("arraybuffer"), versus: ARRAYBUFFER },
  "sansock data string": { ...sansock("string"), versus: STRING },
  [SUBARRAY]: { ...net(asSubarray), versus: SUBARRAY },
  [ARRAYBUFFER]: { ...net(asArrayBuffer), versus: SUBARRAY },
  [STRING]: { ...netText, versus: SUBARRAY },
  [SPLIT2]: { ...netSplit2, versus: SUBARRAY },
  "bun indexOf subarray": {
    ...throughBun((tally) => new LineParser(asSubarray(tally))),
    needs: bun,
    versus: SUBARRAY,
  },
  "deno indexOf subarray": {
    ...throughDeno((tally) => new LineParser(asSubarray(tally))),
    needs: deno,
    versus: SUBARRAY,
  },
  twin: { ...throughTwin(LineScanner), times: 4, versus: SUBARRAY },
  "twin, 256 KiB window": { ...throughTwin(LineScanner, LARGE_WINDOW), times: 4, versus: SUBARRAY },
  "limit in C": {
    run: limit("lines", sumIsThatOf(lineStream)),
    times: 4,
    needs: compiled,
    versus: SUBARRAY,
  },
  discard: { ...throughNothing(), times: 4, versus: SUBARRAY },
};

export const messagesLines = {
  ...askClient("messages-lines", lineStream, SIDES),
  floors: [
    least("sansock onmessages", SUBARRAY, 5),
    least("sansock onmessages", SPLIT2, 5),
    least("sansock onmessages", "twin", 1.2),
    least("sansock data uint8array", SUBARRAY, 0.8),
    least("sansock data arraybuffer", ARRAYBUFFER, 1),
  ],
};

export const messagesLinesAccepted = {
  ...askServer(
    "messages-lines-accepted",
    lineStream,
    only(SIDES, ["sansock onmessages", SUBARRAY, SPLIT2]),
  ),
  floors: [least("sansock onmessages", SUBARRAY, 5), least("sansock onmessages", SPLIT2, 5)],
};

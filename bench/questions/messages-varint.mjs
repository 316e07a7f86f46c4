/**
 * How many 64-byte messages behind a varint length can be received in a second? Against the packages
 * that are used for it, length-prefixed-stream and it-length-prefixed, each as its documentation shows.
 */
import { throughNet, throughSansock } from "../messages/openers.mjs";
import { askClient } from "../messages/question.mjs";
import { varintStream } from "../messages/stream.mjs";
import { peer, peers } from "../peers.mjs";

const STREAM = "length-prefixed-stream";
const ITERATED = "it-length-prefixed";

const sansock = (handed) => throughSansock((framing) => framing.varint(), handed);

const throughStream = throughNet(async (socket, tally) => {
  const { decode } = await peer(STREAM);
  socket.pipe(decode()).on("data", (message) => tally.bytes(message));
});

const throughIterator = throughNet(async (socket, tally) => {
  const { decode } = await peer(ITERATED);
  takeAll(decode(socket), tally);
});

async function takeAll(messages, tally) {
  for await (const message of messages) tally.bytes(message.subarray());
}

export const messagesVarint = askClient("messages-varint", varintStream, {
  "sansock onmessages": { ...sansock("onmessages"), times: 4, versus: STREAM },
  "sansock data uint8array": { ...sansock("uint8array"), versus: STREAM },
  [STREAM]: { ...throughStream, times: 0.2, needs: peers, versus: STREAM },
  [ITERATED]: { ...throughIterator, times: 0.1, needs: peers, versus: STREAM },
});

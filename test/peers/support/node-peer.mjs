/**
 * Plain node:net, the peer of a test: `server host bytes` listens and prints `port N`,
 * `client host bytes port` connects. Sends so many bytes and FIN while it reads to the other's end,
 * never holding more than a few pieces, and prints the totals of both directions as JSON.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Readable } from "node:stream";

const [role = "", host = "", bytes = "", port = ""] = process.argv.slice(2);
const sent = counter();
const received = counter();

const socket = role === "server" ? await accept() : connect({ host, port, allowHalfOpen: true });
socket.on("data", received.add);
Readable.from(outgoing(), { highWaterMark: 2 }).pipe(socket);
await once(socket, "close"); // rejects, and ends this in failure, when there was an error
console.log(JSON.stringify({ sent: sent.total(), received: received.total() }));

async function accept() {
  const server = createServer({ allowHalfOpen: true }).listen(0, host);
  await once(server, "listening");
  console.log(`port ${server.address().port}`);
  const [accepted] = await once(server, "connection");
  server.close();
  return accepted;
}

function* outgoing() {
  const block = randomBytes(65_521);
  for (let left = Number(bytes), i = 0; left > 0; left -= block.length, i++) {
    block[i % block.length] += 1; // no two pieces are alike
    const piece = Buffer.from(block.subarray(0, left));
    sent.add(piece);
    yield piece;
  }
}

function counter() {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    add(piece) {
      bytes += piece.length;
      hash.update(piece);
    },
    total: () => ({ bytes, sha256: hash.digest("hex") }),
  };
}

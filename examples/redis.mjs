// Redis (RESP): lines, and between them values of a size that a line has announced.
//   node examples/redis.mjs [host port]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 6379] = process.argv.slice(2);
const socket = new TCPSocket(host, port, { binaryType: "uint8array", framing: framing.lines() });
const messages = socket[Symbol.asyncIterator]();
await socket.opened;
console.log(await ask("SET", "sansock:greeting", "grüß dich", "EX", "60"));
console.log(await ask("GET", "sansock:greeting"));
console.log(await ask("EVAL", "return {'two\\r\\nlines', 2, {false}}", "0"));
socket.close();

function ask(...words) {
  const lines = words.flatMap((word) => [`$${Buffer.byteLength(word)}`, word]);
  for (const line of [`*${words.length}`, ...lines]) socket.send(Buffer.from(line));
  return reply();
}

async function reply() {
  const [, type, text] = (await next()).match(/^(.)(.*)/);
  if (type === "-") throw new Error(text);
  if (type === "+") return text;
  const number = Number(text);
  if (type === ":") return number;
  if (number < 0) return null;
  if (type === "*") {
    const replies = [];
    while (replies.length < number) replies.push(await reply());
    return replies;
  }
  socket.setFraming(framing.fixed(number + 2)); // any bytes, then CR LF
  const value = await next();
  socket.setFraming(framing.lines());
  return value.slice(0, -2);
}

async function next() {
  return String(Buffer.from((await messages.next()).value));
}

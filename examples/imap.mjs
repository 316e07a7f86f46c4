// IMAP: lines, and literals of any bytes whose size the line before has announced. Prints a mail.
//   node examples/imap.mjs [host port user password]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 143, user = "", password = ""] = process.argv.slice(2);
const socket = new TCPSocket(host, port, { binaryType: "uint8array", framing: framing.lines() });
const messages = socket[Symbol.asyncIterator]();
await socket.opened;
await response(); // the greeting
await command("a1", `LOGIN "${user}" "${password}"`);
await command("a2", "SELECT INBOX");
const [mail] = await command("a3", "FETCH * BODY.PEEK[]");
console.log(mail);
await command("a4", "LOGOUT");
socket.close();

/** The literals that came until the command was done. */
async function command(tag, text) {
  socket.send(`${tag} ${text}`);
  for (const found = []; ; ) {
    const line = await response(found);
    if (line.startsWith(`${tag} OK`)) return found;
    if (line.startsWith(`${tag} `)) throw new Error(line);
  }
}

async function response(literals = []) {
  const line = String(Buffer.from((await messages.next()).value));
  const size = line.match(/\{(\d+)\}$/)?.[1];
  if (size === undefined) return line;
  if (size !== "0") {
    socket.setFraming(framing.fixed(Number(size)));
    literals.push(String(Buffer.from((await messages.next()).value)));
    socket.setFraming(framing.lines());
  }
  return line + (await response(literals));
}

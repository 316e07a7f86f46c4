// SMTP with STARTTLS: hands in a mail, of which nothing is said before the line is secure.
//   node examples/starttls-smtp.mjs [host port from to ca.pem]
import { readFileSync } from "node:fs";
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 25, from = "", to = "", ca] = process.argv.slice(2);
const tls = ca === undefined ? {} : { ca: readFileSync(ca) };
const socket = new TCPSocket(host, port, { framing: framing.lines(), tls });
const lines = socket[Symbol.asyncIterator]();
await socket.opened;
await reply("220"); // the greeting
await command("EHLO client.example", "250");
await command("STARTTLS", "220");
await socket.upgradeToSecure(); // rejects if anything came behind that reply, or on a bad certificate
await command("EHLO client.example", "250"); // what was said before, anybody may have said
await command(`MAIL FROM:<${from}>`, "250");
await command(`RCPT TO:<${to}>`, "250");
await command("DATA", "354");
for (const line of ["Subject: sansock", "", "Said in secret.", "."]) socket.send(line);
console.log(await reply("250"));
await command("QUIT", "221");
socket.close();

function command(text, code) {
  socket.send(text);
  return reply(code);
}

/** The last line of a reply, which may have many. */
async function reply(code) {
  for (;;) {
    const { value: line = "end of connection" } = await lines.next();
    if (!line.startsWith(code)) throw new Error(line);
    if (line[3] !== "-") return line;
  }
}

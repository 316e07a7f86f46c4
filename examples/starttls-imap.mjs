// IMAP with STARTTLS, lines a batch at a time: prints how many mails there are.
//   node examples/starttls-imap.mjs [host port user password ca.pem]
import { readFileSync } from "node:fs";
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 143, user = "", password = "", ca] = process.argv.slice(2);
const commands = [
  "a1 STARTTLS",
  `a2 LOGIN "${user}" "${password}"`,
  "a3 STATUS INBOX (MESSAGES)",
  "a4 LOGOUT",
];
const tls = ca === undefined ? {} : { ca: readFileSync(ca) };
const socket = new TCPSocket(host, port, { framing: framing.lines(), tls });
let sent = 0;

socket.onmessages = ({ data: batch }) => {
  for (let i = 0; i < batch.length; i++) {
    const line = String(Buffer.from(batch.at(i)));
    if (line.startsWith("* STATUS")) console.log(line);
    if (line.startsWith("*") && sent > 0) continue; // but the greeting is waited for
    if (sent > 0 && !line.startsWith(`a${sent} OK`)) throw new Error(line);
    const secure = sent === 1;
    if (secure) {
      batch.stopAfter(i); // whatever stands behind this line makes the upgrade fail
      socket.upgradeToSecure(); // what is sent from here on is encrypted
    }
    if (sent < commands.length) socket.send(commands[sent++]);
    else socket.close();
    if (secure) return;
  }
};
await socket.closed;

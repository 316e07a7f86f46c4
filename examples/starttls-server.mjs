// A server of SMTP that takes mail under TLS only, and prints it.
//   node examples/starttls-server.mjs [host port cert.pem key.pem]
import { readFileSync } from "node:fs";
import { framing, TCPServerSocket } from "sansock";

const [host = "localhost", port = 0, cert = "cert.pem", key = "key.pem"] = process.argv.slice(2);
const tls = { cert: readFileSync(cert), key: readFileSync(key) };
const server = new TCPServerSocket(port, { host, framing: framing.lines(), tls });

const CLEAR = { EHLO: "250 STARTTLS", STAR: "220 go ahead", QUIT: "221 bye" };
const OK = { MAIL: "250 ok", RCPT: "250 ok", RSET: "250 ok", NOOP: "250 ok" };
const SECURE = { EHLO: "250 8BITMIME", ...OK, DATA: "354 go on", QUIT: "221 bye" };

server.onconnect = ({ socket }) => {
  let inMail = false;
  socket.send("220 mail.example ESMTP");
  socket.ondata = ({ data: line }) => {
    if (inMail) mail(line);
    else command(line.slice(0, 4).toUpperCase());
  };
  socket.onerror = ({ error }) => console.log(error.name);

  function command(verb) {
    const replies = socket.ssl ? SECURE : CLEAR;
    if (verb === "EHLO") socket.send("250-mail.example");
    socket.send(replies[verb] ?? "530 not now");
    if (verb === "STAR" && !socket.ssl) socket.upgradeToSecure(); // fails if more has been said
    if (verb === "QUIT") socket.close();
    inMail = verb === "DATA" && socket.ssl;
  }

  function mail(line) {
    inMail = line !== ".";
    if (inMail) console.log(line.replace(/^\./, ""));
    else socket.send("250 printed");
  }
};
await server.listening;
console.log(`listening on port ${server.localPort}`);

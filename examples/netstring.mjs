// Netstrings ("5:hello,"), client and server in one: what the client sends comes back.
//   node examples/netstring.mjs [host port]
import { framing, TCPServerSocket, TCPSocket } from "sansock";

const [host = "localhost", port = 0] = process.argv.slice(2);
const options = { binaryType: "uint8array", framing: framing.netstring({ maxMessageBytes: 1024 }) };

const server = new TCPServerSocket(port, { host, ...options });
server.onconnect = ({ socket }) => {
  socket.ondata = ({ data }) => socket.send(data);
};
await server.listening;

const socket = new TCPSocket(host, server.localPort, options);
await socket.opened;
const texts = ["hello", "", "grüß dich", "12:34,"];
for (const text of texts) socket.send(Buffer.from(text));
for await (const message of socket) {
  console.log(JSON.stringify(String(Buffer.from(message))));
  texts.shift();
  if (texts.length === 0) break; // closes the socket
}
server.close();

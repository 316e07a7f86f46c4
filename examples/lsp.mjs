// Language Server Protocol: Content-Length and JSON. Prints what the server can do.
//   node examples/lsp.mjs [host port]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 2087] = process.argv.slice(2);
const socket = new TCPSocket(host, port, {
  binaryType: "uint8array",
  framing: framing.contentLength(),
});
const text = new TextDecoder();
await socket.opened;
request(1, "initialize", { processId: null, rootUri: null, capabilities: {} });
for await (const message of socket) {
  const { id, method, result, error } = JSON.parse(text.decode(message));
  if (method) continue; // a notification
  if (error) throw new Error(error.message);
  if (id === 1) {
    for (const name of Object.keys(result.capabilities).sort()) console.log(name);
    notify("initialized", {});
    request(2, "shutdown");
  } else if (id === 2) {
    notify("exit");
    break; // closes the socket, behind what was sent
  }
}

function request(id, method, params) {
  send({ id, method, params });
}

function notify(method, params) {
  send({ method, params });
}

function send(message) {
  socket.send(Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message })));
}

// A server that sends back lines, a batch at a time: no event and no copy for each of them.
//   node examples/echo.mjs [host port]
import { framing, TCPServerSocket } from "sansock";

const [host = "localhost", port = 0] = process.argv.slice(2);
const server = new TCPServerSocket(port, { host, framing: framing.lines({ eol: "\n" }) });
server.onconnect = ({ socket }) => {
  socket.onmessages = ({ data: batch }) => {
    let below = true;
    for (let i = 0; i < batch.length; i++) {
      const begin = batch.offset(i);
      below = socket.send(batch.bytes.subarray(begin, begin + batch.size(i)));
    }
    if (!below) socket.suspend(); // the peer does not read
  };
  socket.ondrain = () => socket.resume();
};
await server.listening;
console.log(`listening on port ${server.localPort}`);

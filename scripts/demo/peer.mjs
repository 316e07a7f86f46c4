/**
 * The other side of the wire: a program of its own that knows node:net and node:tls, and nothing of
 * sansock.
 *
 * Told `{ serve: { bytes } }` it listens (with TLS, given credentials) and answers `{ port }`; told
 * `{ dial: { port, bytes } }` it connects. Of each connection it reports one end: what it sent and
 * received, keyed by the client's port. It stops when its parent does.
 */
import { connect, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Payload, Tally } from "./payload.mjs";

const HOST = "127.0.0.1";

process.on("message", ({ serve, dial }) => {
  if (serve) listen(serve);
  if (dial) exchange(connect({ ...dial, host: HOST, allowHalfOpen: true }), dial.bytes);
});
process.on("disconnect", () => process.exit());

function listen({ bytes, credentials }) {
  const create = credentials ? createTlsServer : createServer;
  const server = create({ allowHalfOpen: true, ...credentials }, (socket) => {
    server.close(); // one connection is all that comes
    exchange(socket, bytes, socket.remotePort);
  });
  server.on("error", fail);
  server.listen(0, HOST, () => process.send({ port: server.address().port }));
}

/** Sends `bytes` and a FIN, and receives until the other side's FIN, both at once. */
function exchange(socket, bytes, clientPort) {
  const payload = new Payload(bytes);
  const received = new Tally();
  let key = clientPort;
  const fill = () => {
    for (let piece = payload.next(); piece; piece = payload.next()) {
      if (!socket.write(piece)) return void socket.once("drain", fill);
    }
    socket.end();
  };
  socket.on("connect", () => {
    key = socket.localPort;
  });
  socket.on("data", (piece) => received.add(piece));
  socket.on("error", fail);
  socket.on("close", () => {
    process.send({ end: { key, sent: payload.tally.total(), received: received.total() } });
  });
  fill();
}

function fail(error) {
  process.send({ failure: error.message });
}

/** A round trip over real sockets, to the program's own end. */
import assert from "node:assert/strict";
import { TCPServerSocket, TCPSocket } from "sansock";

const SENT = new Uint8Array(300_000).map((_, index) => index * 7);

const server = new TCPServerSocket(0, { binaryType: "uint8array" });
server.onconnect = ({ socket: accepted }) => {
  accepted.ondata = ({ data }) => accepted.send(data);
};

const socket = new TCPSocket("localhost", server.localPort, { binaryType: "uint8array" });
const received = [];
socket.ondata = ({ data }) => {
  received.push(data);
  if (socket.bytesReceived === SENT.length) socket.close();
};
await socket.opened;
assert.equal(socket.send(SENT), false);
await socket.drained;
assert.equal(socket.bufferedAmount, 0);
await socket.closed;
assert.deepEqual(new Uint8Array(Buffer.concat(received)), SENT);
server.close();

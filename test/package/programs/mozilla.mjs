/** The strict profile: Mozilla's conversions, its way in, its classes derived from ours. */
import assert from "node:assert/strict";
import * as sansock from "sansock";
import { install, mozTCPSocket } from "sansock/mozilla";

const navigator = {};
assert.equal(install(navigator), mozTCPSocket);

const server = navigator.mozTCPSocket.listen(0);
server.onconnect = ({ socket: accepted }) => accepted.send([1, 2, 3]);
const port = String(server.localPort);
const socket = navigator.mozTCPSocket.open("localhost", port, { unknown: "ignored" });
assert(socket instanceof sansock.TCPSocket);

const data = await new Promise((resolve) => {
  socket.ondata = (event) => resolve(event.data);
});
assert.equal(data, "1,2,3");
socket.close();
await socket.closed;
server.close();

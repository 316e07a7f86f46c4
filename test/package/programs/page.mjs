/** Where nothing is of Node, as in a page: the package loads, and talks over the loopback host. */
import assert from "node:assert/strict";

delete globalThis.process; // by which the package finds what is Node's
const { Engine, TCPServerSocket, TCPSocket } = await import("sansock");
const { Loopback } = await import("sansock/loopback");

const engine = new Engine({ host: new Loopback({ seed: 7 }) });
const server = new TCPServerSocket(8025, { engine });
server.onconnect = ({ socket }) => {
  socket.ondata = ({ data }) => socket.send(data);
};
const socket = new TCPSocket("localhost", 8025, { engine });
socket.onopen = () => socket.send("over the loop");
let heard = "";
socket.ondata = ({ data }) => {
  heard += data;
  if (heard === "over the loop") socket.close();
};
await socket.closed;
server.close();
assert.equal(heard, "over the loop");

/** A conversation in memory, and what goes wrong there when it is told to. */
import assert from "node:assert/strict";
import { Engine, TCPServerSocket, TCPSocket, TCPSocketError } from "sansock";
import { Loopback } from "sansock/loopback";

const network = new Loopback({ seed: 7, faults: { split: true } });
const engine = new Engine({ host: network });
const server = new TCPServerSocket(8025, { engine });
server.onconnect = ({ socket: accepted }) => {
  accepted.ondata = ({ data }) => accepted.send(data.toUpperCase());
};

let heard = "";
const socket = new TCPSocket("localhost", 8025, { engine });
socket.onopen = () => socket.send("over the loop");
socket.ondata = ({ data }) => {
  heard += data;
  if (heard.length === 13) socket.close();
};
await socket.closed;
assert.equal(heard, "OVER THE LOOP");

const failure = await new TCPSocket("localhost", 8026, { engine }).opened.catch((error) => error);
assert(failure instanceof TCPSocketError);
assert.equal(failure.name, "ConnectionRefusedError");
server.close();

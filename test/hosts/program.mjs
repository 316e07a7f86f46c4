/**
 * What every host's program does, in JavaScript over the public API, for whatever runs this file:
 *
 *   serve [port]          echoes messages (four bytes of length in front) until standard input ends
 *   send <port> <count>   sends that many, and prints the digest of what comes back
 *   relay <port>          passes what its one client sends on to that port
 *   vectors               plays the conformance scripts on standard input
 *   contract              runs the tests of Node's host, and prints how each ended, as JSON
 */
import { createHash } from "node:crypto";
import process from "node:process";
import { framing, TCPServerSocket, TCPSocket } from "../../dist/index.js";
import { messageOf } from "./messages.mjs";

const HOST = "127.0.0.1";
const PATIENCE = 60_000;
const OPTIONS = { framing: framing.lengthPrefixed({ bytes: 4 }), idleTimeout: 10_000 };

/** Sends a batch on; while `to` is above its mark, nothing is read from `from`. */
function pass(batch, from, to) {
  let below = true;
  for (const message of batch) below = to.send(message);
  if (!below) from.suspend();
}

function fail(what, { error }) {
  console.error(`${what}: ${error}`);
  process.exit(1);
}

async function listen(port, serve) {
  const server = new TCPServerSocket(port, { host: HOST, ...OPTIONS });
  server.onconnect = ({ socket }) => serve(socket, server);
  server.onerror = (event) => fail("the server", event);
  await server.listening;
  console.log(`listening ${server.localPort}`);
  return server;
}

async function serve(port = 0) {
  const sockets = new Set();
  const server = await listen(port, (socket) => {
    sockets.add(socket);
    socket.onmessages = ({ data: batch }) => pass(batch, socket, socket);
    socket.ondrain = () => socket.resume();
    socket.onclose = () => sockets.delete(socket);
  });
  process.stdin.resume().once("end", () => {
    server.close();
    for (const socket of sockets) socket.close();
    setTimeout(() => process.exit(), 1000).unref(); // who does not read is not waited for
  });
}

function send(port, count) {
  const socket = new TCPSocket(HOST, port, OPTIONS);
  const digest = createHash("sha256");
  const start = performance.now();
  let [sent, received] = [0, 0];
  const pump = () => {
    while (sent < count) if (!socket.send(messageOf(sent++))) return;
  };
  setTimeout(() => fail("the client", { error: `${received} messages came` }), PATIENCE).unref();
  socket.onopen = pump;
  socket.ondrain = pump;
  socket.onmessages = ({ data: batch }) => {
    for (const message of batch) digest.update(message);
    received += batch.length;
    if (received >= count) socket.close();
  };
  socket.onerror = (event) => fail("the client", event);
  socket.onclose = () => {
    if (received !== count) fail("the client", { error: `${received} messages came` });
    const rate = Math.round((count / (performance.now() - start)) * 1000);
    console.log(`${received} messages, sha256 ${digest.digest("hex")}, ${rate} messages/s`);
  };
}

function relay(next) {
  return listen(0, (source, server) => {
    server.close();
    const sink = new TCPSocket(HOST, next, OPTIONS);
    source.suspend();
    sink.onopen = () => source.resume();
    source.onmessages = ({ data: batch }) => pass(batch, source, sink);
    sink.ondrain = () => source.resume();
    source.onclose = () => sink.close();
    source.onerror = (event) => fail("the source", event);
    sink.onerror = (event) => fail("the sink", event);
  });
}

async function vectors() {
  const { play } = await import("../../build/hosts/javascript/player.mjs");
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  for (const line of play(Buffer.concat(parts).toString())) console.log(line);
}

async function contract() {
  const suite = await import("../../build/hosts/javascript/suite.mjs");
  console.log(JSON.stringify(await suite.contract()));
  process.exit(); // what failed may have left sockets behind
}

const [command, ...given] = process.argv.slice(2);
await { serve, send, relay, vectors, contract }[command](...given.map(Number));

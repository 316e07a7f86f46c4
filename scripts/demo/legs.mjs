/**
 * The legs of the demonstration: who connects to whom, and how much goes each way. Running one
 * gives the reports of both ends of every connection; whether they agree is for others to say.
 */
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { TCPServerSocket, TCPSocket } from "../../dist/index.js";
import { exchange } from "./exchange.mjs";
import { MIB } from "./payload.mjs";

const HOST = "127.0.0.1";

/**
 * `bytes` go each way on each connection; `slow` legs send only from client to server.
 * `run(leg, stage)` resolves to `{ ours, theirs }`, lists of ends.
 */
export const LEGS = [
  { name: "TCPSocket, net server", bytes: 96 * MIB, run: dialPeer },
  { name: "net client, TCPServerSocket", bytes: 96 * MIB, run: servePeer },
  { name: "sansock, both ends", bytes: 12 * MIB, connections: 8, run: dialOurselves },
  { name: "the same, slow reader", bytes: 32 * MIB, slow: true, run: dialOurselves },
];

/** Payload bytes of all its connections, both ways. */
export function legBytes({ bytes, connections = 1, slow = false }) {
  return bytes * connections * (slow ? 1 : 2);
}

async function dialPeer({ bytes }, { engine, peer, meter }) {
  const port = await peer.serve(bytes);
  const socket = new TCPSocket(HOST, port, { engine, allowHalfOpen: true });
  const ours = exchange(socket, { bytes, meter });
  return { ours: [await ours], theirs: [await peer.end()] };
}

async function servePeer({ bytes }, { engine, peer, meter }) {
  const server = await listen(engine);
  peer.dial(server.localPort, bytes);
  const [{ socket }] = await once(server, "connect");
  server.close();
  const ours = exchange(socket, { bytes, meter });
  return { ours: [await ours], theirs: [await peer.end()] };
}

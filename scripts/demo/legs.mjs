/**
 * The legs of the demonstration: who connects to whom, and how much goes each way. Running one
 * gives the reports of both ends of every connection; whether they agree is for others to say.
 */
import { setImmediate } from "node:timers/promises";
import { TCPServerSocket, TCPSocket } from "../../dist/index.js";
import { exchange } from "./exchange.mjs";
import { MIB } from "./payload.mjs";
import { askForTls, grantTls, LINES } from "./starttls.mjs";

const HOST = "127.0.0.1";

/**
 * At most `bytes` go each way on each connection; on a slow leg only to the server, which reads
 * slowly. A secure one has TLS from the first byte.
 * `run(leg, stage)` resolves to both lists of ends: those at clients and those at servers.
 */
export const LEGS = [
  { name: "TCPSocket → net", bytes: 256 * MIB, run: dialPeer },
  { name: "net → TCPServerSocket", bytes: 256 * MIB, run: servePeer },
  { name: "sansock, 8 at once", bytes: 32 * MIB, connections: 8, run: dialOurselves },
  { name: "sansock, slow reader", bytes: 48 * MIB, slow: true, run: dialOurselves },
  { name: "TCPSocket → tls", bytes: 64 * MIB, secure: true, run: dialPeer },
  { name: "sansock, STARTTLS", bytes: 48 * MIB, run: upgradeOurselves },
];

/** The most that goes over the wire, both ways, all connections. */
export function wireBytesMax({ bytes, connections = 1, slow = false }) {
  return bytes * connections * (slow ? 1 : 2);
}

/** How many ends of a connection are ours: so often our engine handles each byte of the wire. */
export function ownEnds({ run }) {
  return run === dialPeer || run === servePeer ? 1 : 2;
}

async function dialPeer({ bytes, secure }, { engine, peer, meter, credentials }) {
  const port = await peer.serve(bytes, secure && credentials);
  const tls = secure && { useSecureTransport: true, tls: { ca: credentials.ca } };
  const client = exchange(dial(port, engine, tls), { bytes, meter });
  const [ours, theirs] = await Promise.all([client, peer.end()]);
  return { clients: [ours], servers: [theirs] };
}

async function servePeer({ bytes }, { engine, peer, meter }) {
  const server = await listen(engine);
  const accepted = accept(server, 1, { bytes, meter });
  peer.dial(server.localPort, bytes);
  const [theirs, ours] = await Promise.all([peer.end(), accepted]);
  return { clients: [theirs], servers: ours };
}

async function dialOurselves({ bytes, connections = 1, slow = false }, { engine, meter }) {
  const server = await listen(engine);
  const accepted = accept(server, connections, { bytes: slow ? 0 : bytes, slow, meter });
  const dialled = Array.from({ length: connections }, () =>
    exchange(dial(server.localPort, engine), { bytes, meter }),
  );
  const [clients, servers] = await Promise.all([Promise.all(dialled), accepted]);
  return { clients, servers };
}

/** A line each way in plaintext, everything else behind the upgrade. */
async function upgradeOurselves({ bytes }, { engine, meter, credentials: { cert, key, ca } }) {
  const server = await listen(engine, { framing: LINES, tls: { cert, key } });
  const order = { bytes, meter };
  const accepted = new Promise((resolve, reject) => {
    server.onconnect = ({ socket }) => {
      server.close();
      grantTls(socket)
        .then(() => exchange(socket, order))
        .then(resolve, reject);
    };
  });
  const socket = dial(server.localPort, engine, { framing: LINES, tls: { ca } });
  const dialled = askForTls(socket).then(() => exchange(socket, { ...order, upgraded: true }));
  const [client, ours] = await Promise.all([dialled, accepted]);
  return { clients: [client], servers: [ours] };
}

function dial(port, engine, options) {
  // Half-open, so that the one who is done first can still receive.
  return new TCPSocket(HOST, port, { engine, allowHalfOpen: true, ...options });
}

/** A server, once its port is known. */
async function listen(engine, options) {
  const server = new TCPServerSocket(0, { host: HOST, engine, allowHalfOpen: true, ...options });
  let failure;
  server.onerror = ({ error }) => {
    failure = error;
  };
  while (server.localPort === 0) {
    if (failure) throw failure;
    await setImmediate();
  }
  return server;
}

/** Takes so many connections, then listens no more. Resolves to their ends when all have closed. */
function accept(server, connections, order) {
  return new Promise((resolve, reject) => {
    const ends = [];
    server.onconnect = ({ socket }) => {
      ends.push(exchange(socket, order)); // its data comes right after this handler: no later
      if (ends.length < connections) return;
      server.close();
      Promise.all(ends).then(resolve, reject);
    };
    server.onerror = ({ error }) => reject(error);
  });
}

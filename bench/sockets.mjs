/**
 * Opening and listening on 127.0.0.1, for the two kinds of sides: TCPSocket (sansock, or the twin)
 * and node:net. Errors are thrown where nobody catches them: they end the process, and its parent
 * reports it.
 */
import { connect, createServer } from "node:net";
import { loadSansock } from "./library.mjs";

export const HOST = "127.0.0.1";

/** Sides read into as much memory at a time as sansock's default window. */
export const WINDOW_BYTES = 64 * 1024;

/** Senders stop above so many bytes unsent, and go on at 0. */
export const HIGH_WATER_MARK = 64 * 1024;

function load(library) {
  return library === "twin" ? import("./twin/index.mjs") : loadSansock();
}

function fail(event) {
  throw event.error;
}

/** How to make TCPSockets; they have yet to open. */
export async function socketMaker(library) {
  const { TCPSocket } = await load(library);
  return (port, options) => {
    const socket = new TCPSocket(HOST, port, options);
    socket.onerror = fail;
    return socket;
  };
}

/** An open TCPSocket. */
export async function openSocket(library, port, options) {
  const make = await socketMaker(library);
  const socket = make(port, options);
  await new Promise((open) => {
    socket.onopen = open;
  });
  return socket;
}

/** A TCPServerSocket; returns its port. */
export async function listenSocket(library, options, accept) {
  const { TCPServerSocket } = await load(library);
  const server = new TCPServerSocket(0, { host: HOST, ...options });
  server.onerror = fail;
  server.onconnect = ({ socket }) => {
    socket.onerror = fail;
    accept(socket);
  };
  await server.listening;
  return server.localPort;
}

/** A socket of node:net that has yet to connect. */
export function makeNet(port, options) {
  return connect({ host: HOST, port, noDelay: true, ...options });
}

/** A connected socket of node:net. */
export async function openNet(port, options) {
  const socket = makeNet(port, options);
  await new Promise((open) => {
    socket.once("connect", open);
  });
  return socket;
}

/** A server of node:net; returns its port. */
export async function listenNet(accept) {
  const server = createServer({ noDelay: true }, accept);
  await new Promise((listening) => {
    server.listen(0, HOST, listening);
  });
  return server.address().port;
}

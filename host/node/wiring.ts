/**
 * Between a connection of node:net or node:tls and its transport: what the socket says is passed on.
 *
 * Shared by all sockets; `this` is the socket.
 */
import type { Socket } from "node:net";
import type { Sink } from "../transport.ts";
import { builtin } from "./builtin.ts";
import { TRANSPORT } from "./on-read.ts";
import { listenForErrors } from "./others.ts";

const { Socket: NetSocket } = builtin("node:net");

/** Whom a socket speaks to. */
export interface Told {
  readonly sink: Sink | null;
  /** Any event but those of bytes and ends. */
  told(type: string, first: unknown): void;
}

type Wired = Socket & { [TRANSPORT]: Told };

/** From now on all that the socket says goes to `transport`. */
export function wire(socket: Socket, transport: Told): void {
  listenForErrors(socket);
  (socket as Wired)[TRANSPORT] = transport;
  socket.emit = emit as never;
}

/** From now on the socket is TLS's; what becomes of it, TLS tells. */
export function unwire(socket: Socket): void {
  socket.emit = NetSocket.prototype.emit;
  socket.push = NetSocket.prototype.push;
  socket.removeListener("data", listener);
  socket.on("error", () => {});
}

/**
 * The socket's bytes come in memory of node's own, where the window is out of reach or not wanted. It flows only
 * to somebody who listens; taken they are by `push`, and by `emit` what came before it flowed.
 */
export function takeData(socket: Socket): void {
  socket.on("data", listener);
  socket.push = push as never;
}

function listener(): void {}

/**
 * Stands in for the stream's queue where nothing is queued: that looks for more to read after each chunk, in a
 * tick of its own, a tenth of what receiving by TLS costs.
 */
function push(this: Wired, bytes: Buffer | null, encoding?: BufferEncoding): boolean {
  const { sink } = this[TRANSPORT];
  const flows = this.readableFlowing === true && this.readableLength === 0;
  if (flows && bytes !== null) return take(sink, bytes);
  return NetSocket.prototype.push.call(this, bytes, encoding);
}

/**
 * Stands in for listeners, for which an emitter keeps lists and closures in each socket: 80 bytes an
 * idle one, and a tenth of what a short connection allocates. node's own listeners come first.
 */
function emit(this: Wired, type: string, first?: unknown): boolean {
  const transport = this[TRANSPORT];
  if (type === "data") return take(transport.sink, first as Buffer);
  // Bun says so of its own end, too. Deno's listeners below may destroy what has ended both ways.
  const late = type === "end" && this.destroyed;
  const unheard = type === "error" && this.listenerCount("error") === 0;
  // biome-ignore lint/complexity/noArguments: an array of them would be one more object
  const heard = unheard || NetSocket.prototype.emit.apply(this, arguments as never);
  if (late) return heard;
  if (type === "end") transport.sink?.ended();
  else if (type === "close") transport.sink?.closed();
  else transport.told(type, first);
  return heard;
}

function take(sink: Sink | null, bytes: Buffer): true {
  if (bytes.length === bytes.buffer.byteLength) sink?.receivedWhole(bytes);
  else sink?.receivedCopy(bytes); // a part of something
  return true;
}

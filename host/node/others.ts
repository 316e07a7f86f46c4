/**
 * What node:net and node:tls of Deno and Bun do otherwise than Node's, put right; in Node all of it does
 * nothing. What is left is listed in test/hosts/differences.mjs.
 *
 * Deno reads ahead of a TLS socket that is paused, without bound, and ignores pauses while it fills a
 * buffer of ours. The plain connection below can be stopped, but only by its handle, which is private:
 * where it is not there, nothing is touched.
 */
import type { Socket } from "node:net";
import { runsIn } from "./builtin.ts";

interface Handle {
  readonly _parent?: Handle | null;
  useUserBuffer?(buffer: Uint8Array): void;
  readStart?(): void;
  readStop?(): void;
}

const inDeno = runsIn("deno");
const inBun = runsIn("bun");

/** Whether TLS may be given the window to decrypt into. */
export const tlsReadsDirectly: boolean = !inDeno;

/** Whether a connection's reads run in the asynchronous context it was made in. Only Node promises it. */
export const readsInContext: boolean = !inDeno && !inBun;

/** Bun tells a reset as an end, or not at all, where nobody listens for errors. */
export function listenForErrors(socket: Socket): void {
  if (inBun) socket.on("error", nothing);
}

function nothing(): void {}

/** To where, with keepAlive as Deno wants it: there the options of connect() count, and not the socket's. */
export function withDelay<T extends object>(target: T, options: object): T {
  return inDeno ? { ...target, ...options } : target;
}

/**
 * Takes the window from a plain connection that is about to be TLS's: Deno would go on reading into it,
 * and TLS would never see what came.
 */
export function takeWindow(plain: Socket): void {
  if (inDeno) handleOf(plain)?.useUserBuffer?.(new Uint8Array(0));
}

/** Stops the connection below a TLS socket that is paused, or lets it go on. Not within the handshake. */
export function holdBelow(socket: Socket, held: boolean): void {
  if (!inDeno) return;
  const below = handleOf(socket)?._parent;
  if (held) below?.readStop?.();
  else below?.readStart?.();
}

function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as unknown as { _handle?: Handle | null })._handle;
}

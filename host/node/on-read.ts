/**
 * What a socket calls when it has read into the window, by the public `onread`.
 *
 * Node keeps the callback in the socket and calls it as the socket's method, so one function serves
 * all: an idle connection pays for none. Elsewhere `this` does not say whose bytes they are (Bun), and
 * each connection gets a function of its own. Which it is, the first connection shows.
 */
import type { Socket } from "node:net";
import type { Sink } from "../transport.ts";

/** Key of a net.Socket's transport. */
export const TRANSPORT: unique symbol = Symbol("transport");

/** Whoever hands on what a connection reads; null once nobody wants it. */
export interface Reading {
  sink: Sink | null;
}

type OnRead = (count: number) => boolean;

/** Serves every socket that calls it as its method. */
export const onReadAny = function (this: { [TRANSPORT]: Reading }, count: number): boolean {
  this[TRANSPORT].sink?.received(count);
  return true;
} as OnRead;

let asMethod: boolean | undefined;

/** The callback for a connection that is about to be made, and that `made` will then hold. */
export function onReadFor(made: { transport?: Reading }): OnRead {
  if (asMethod) return onReadAny;
  return (count) => {
    made.transport?.sink?.received(count);
    return true;
  };
}

/** Looks, once, whether a connection keeps its callback as a property of its own. */
export function learnFrom(socket: Socket, callback: OnRead): void {
  asMethod ??= Object.getOwnPropertySymbols(socket).some(
    (key) => (socket as unknown as Record<symbol, unknown>)[key] === callback,
  );
}

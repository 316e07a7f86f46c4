/**
 * The slot where framings go: which bytes make the next messages of a socket.
 *
 * A framing announces what is complete and returns where that ends; "not yet" is returning
 * `from`. It never keeps, moves or frees bytes. So far there is one framing, none: all that was
 * received is one piece of data (M41).
 */
import { EVENT_DATA } from "../abi.ts";
import { record } from "../ring.ts";
import { Socket } from "../socket.ts";

const FRAMING_NONE: u32 = 0;

export function decode(socket: Socket, from: usize, end: usize): usize {
  assert(socket.framing === FRAMING_NONE);
  record(EVENT_DATA, socket, <u32>from, <u32>(end - from));
  return end;
}

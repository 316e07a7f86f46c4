/**
 * The frame of a payload that travels outside engine memory: made piece by piece through the core's
 * scratch area, in the channel's external queue.
 *
 * The payload is put at the end of room for the largest frame it may become, so what is written in
 * front never overtakes what is still to be encoded.
 */
import { CONTROL_ENCODED, CONTROL_ENCODES, CONTROL_SCRATCH } from "../assembly/abi.ts";
import { ENCODE_PART_BYTES_MAX } from "../assembly/framing/abi.ts";
import type { Channel } from "./channel.ts";

/** Copies the payload to a place. */
type Put = (into: Uint8Array, at: number) => void;

/** Queues the frame of a payload of `length` bytes. Returns what the core says. */
export function queueFrame(channel: Channel, length: number, put: Put): number {
  const { driver, handle } = channel;
  const { core } = driver;
  const header = core.call.encode_begin(handle, length);
  if (header < 0) return header;
  const room = channel.externalRoom(core.length);
  take(channel, header, room, 0);
  const body = core.control(CONTROL_ENCODES) === 0 ? pass : encode;
  const end = body(channel, room, header, length, put);
  const trailer = end < 0 ? end : core.call.encode_end(handle);
  if (trailer < 0) return trailer;
  take(channel, trailer, room, end);
  const result = core.call.send_external(handle, end + trailer);
  if (result < 0) return result;
  channel.addExternal(end + trailer);
  driver.countCopied(length);
  return result;
}

function pass(_: Channel, room: Uint8Array, at: number, length: number, put: Put): number {
  put(room, at);
  return at + length;
}

/** The payload in pieces; returns where it ends in the room, or the core's refusal. */
function encode(channel: Channel, room: Uint8Array, at: number, length: number, put: Put): number {
  const { driver, handle } = channel;
  const { core } = driver;
  const scratch = core.control(CONTROL_SCRATCH);
  const from = room.length - length;
  put(room, from);
  let end = at;
  for (let done = 0; done < length; done += ENCODE_PART_BYTES_MAX) {
    const piece = room.subarray(
      from + done,
      Math.min(room.length, from + done + ENCODE_PART_BYTES_MAX),
    );
    core.bytes.set(piece, scratch);
    const encoded = core.call.encode_part(handle, piece.length);
    if (encoded < 0) return encoded;
    take(channel, encoded, room, end);
    end += encoded;
    driver.countCopied(piece.length + encoded);
  }
  return end;
}

/** Copies what the core has encoded. */
function take({ driver: { core } }: Channel, count: number, room: Uint8Array, at: number): void {
  const address = core.control(CONTROL_ENCODED);
  room.set(core.bytes.subarray(address, address + count), at);
}

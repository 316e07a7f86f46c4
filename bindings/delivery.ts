/**
 * Received bytes on their way to the app: as `data` carries them, its own copy, exact in size (M38,
 * M39); as `messages` carries them, lent for the handler's time.
 */
import type { Driver } from "./driver.ts";
import { fire, TCPSocketEvent } from "./events.ts";
import { endBatch, MessageBatch } from "./message-batch.ts";
import type { BinaryType } from "./options.ts";
import type { Seat } from "./seat.ts";

/** What `event.data` is for these bytes: a copy of the app's own. */
export function receivedData(
  driver: Driver,
  binaryType: BinaryType,
  address: number,
  length: number,
): string | ArrayBuffer | Uint8Array {
  const { memory, bytes } = driver.core;
  driver.copied += length;
  if (binaryType === "string") return driver.host.decodeLatin1(memory, address, length);
  const copy = bytes.slice(address, address + length);
  return binaryType === "arraybuffer" ? copy.buffer : copy;
}

/** One `data` event of all that is there. */
export function fireData(target: EventTarget, seat: Seat, address: number, length: number): void {
  const { channel, binaryType } = seat;
  const data = receivedData(channel.driver, binaryType, address, length);
  fire(target, new TCPSocketEvent("data", { data }));
}

/** Without framing a batch has one entry: all that is there. */
export function lendMessages(target: EventTarget, seat: Seat, base: number, span: number): void {
  const { channel, checks } = seat;
  const { memory } = channel.driver.core;
  const batch = new MessageBatch({ memory, base, span, table: undefined, checks });
  fire(target, new TCPSocketEvent("messages", { data: batch }));
  endBatch(batch);
}

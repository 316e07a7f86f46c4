/**
 * Received bytes on their way to the app: as `data` carries them, its own copy, exact in size (M38,
 * M39); as `messages` carries them, lent for the handler's time.
 */
import type { Driver } from "./driver.ts";
import { fire, TCPSocketEvent } from "./events.ts";
import { endBatch, MessageBatch } from "./message-batch.ts";
import type { BinaryType } from "./options.ts";

export function receivedData(
  driver: Driver,
  binaryType: BinaryType,
  address: number,
  length: number,
): string | ArrayBuffer | Uint8Array {
  const { memory } = driver.core;
  driver.copied += length;
  if (binaryType === "string") return driver.host.decodeLatin1(memory, address, length);
  const bytes = memory.slice(address, address + length);
  return binaryType === "arraybuffer" ? bytes : new Uint8Array(bytes);
}

/** Without framing a batch has one entry: all that is there. */
export function lendMessages(
  target: EventTarget,
  driver: Driver,
  base: number,
  span: number,
  checks: boolean,
): void {
  const table = Uint32Array.of(0, span);
  const batch = new MessageBatch({ memory: driver.core.memory, base, span, table, checks });
  fire(target, new TCPSocketEvent("messages", { data: batch }));
  endBatch(batch);
}

/** What an event says, as the model knows it. */
import type { Said } from "./model.ts";

/** An event of the engine's, other than a batch of messages. */
export function said(type: Exclude<Said["type"], "connect" | "messages">, event: Event): Said {
  if (type === "data") return { type, bytes: bytesOf((event as unknown as { data: Data }).data) };
  if (type === "error") return { type, name: (event as unknown as { name: string }).name };
  return { type };
}

export type Data = string | ArrayBuffer | Uint8Array;

export function bytesOf(data: Data): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "latin1");
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}

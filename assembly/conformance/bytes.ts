/** Bytes as a script writes them: hex, text, a pattern repeated, several of these. */
import { Json } from "./json.ts";

export function bytesOf(json: Json): Uint8Array {
  if (json.has("hex")) return fromHex(json.get("hex").text);
  if (json.has("text")) return fromText(json.get("text").text);
  if (json.has("rep")) {
    const rep = json.get("rep").items;
    return repeated(fromHex(rep[0].text), <i32>rep[1].number);
  }
  const chunks: Uint8Array[] = [];
  const parts = json.get("parts").items;
  for (let i = 0; i < parts.length; i++) chunks.push(bytesOf(parts[i]));
  return joined(chunks);
}

/** A char a byte. */
export function fromText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = <u8>text.charCodeAt(i);
  return bytes;
}

export function joined(chunks: Uint8Array[]): Uint8Array {
  let length = 0;
  for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  const all = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < chunks.length; i++) {
    all.set(chunks[i], at);
    at += chunks[i].length;
  }
  return all;
}

/** What lies in engine memory now. */
export function copied(address: usize, length: i32): Uint8Array {
  const bytes = new Uint8Array(length);
  memory.copy(bytes.dataStart, address, length);
  return bytes;
}

function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  let count = 0;
  for (let i = 0; i < hex.length; i++) {
    if (hex.charCodeAt(i) === 0x20) continue;
    bytes[count++] = <u8>parseInt(hex.substring(i, i + 2), 16);
    i++;
  }
  return bytes.subarray(0, count);
}

function repeated(unit: Uint8Array, times: i32): Uint8Array {
  const bytes = new Uint8Array(unit.length * times);
  for (let i = 0; i < times; i++) bytes.set(unit, i * unit.length);
  return bytes;
}

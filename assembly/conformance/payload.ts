/** The app's send(): through engine memory if there is room, else framed piece by piece and kept. */
import { CONTROL_ENCODED, CONTROL_ENCODES } from "../abi.ts";
import { getControl, scratchWord } from "../control.ts";
import { ENCODE_PART_BYTES_MAX } from "../framing/abi.ts";
import * as core from "../index.ts";
import { copied, joined } from "./bytes.ts";
import { Seat } from "./seat.ts";

/** As the core answers: 1 at or below the high-water mark, 0 above, or a refusal. */
export function send(seat: Seat, bytes: Uint8Array, external: bool): i32 {
  const outside = external && bytes.length > 0;
  const address = outside ? 0 : core.reserve(seat.handle, bytes.length);
  if (address < 0) return address;
  if (address > 0) {
    memory.copy(address, bytes.dataStart, bytes.length);
    return core.commit(seat.handle, bytes.length);
  }
  const chunks: Uint8Array[] = [];
  const refusal = frame(seat.handle, bytes, chunks);
  if (refusal < 0) return refusal;
  const framed = joined(chunks);
  const result = core.send_external(seat.handle, framed.length);
  if (result >= 0) seat.external = joined([seat.external, framed]);
  return result;
}

function frame(handle: i32, bytes: Uint8Array, chunks: Uint8Array[]): i32 {
  const header = core.encode_begin(handle, bytes.length);
  if (header < 0) return header;
  chunks.push(copied(getControl(CONTROL_ENCODED), header));
  if (getControl(CONTROL_ENCODES) === 0) chunks.push(bytes);
  else {
    for (let at = 0; at < bytes.length; at += ENCODE_PART_BYTES_MAX) {
      const part = min(bytes.length - at, ENCODE_PART_BYTES_MAX);
      memory.copy(scratchWord(0), bytes.dataStart + at, part);
      const encoded = core.encode_part(handle, part);
      if (encoded < 0) return encoded;
      chunks.push(copied(getControl(CONTROL_ENCODED), encoded));
    }
  }
  const trailer = core.encode_end(handle);
  if (trailer < 0) return trailer;
  chunks.push(copied(getControl(CONTROL_ENCODED), trailer));
  return 0;
}

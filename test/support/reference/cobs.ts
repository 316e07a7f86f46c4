/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, 1997): a code byte n stands for the n - 1
 * bytes after it and a zero, but 255 stands for 254 bytes and no zero. The last zero is not part of
 * the message, and 00 ends the frame.
 */
import { type Cobs, checkLimit, type Framer, limitOf } from "./framing.ts";

const LONGEST = 255;

/** The message a frame stands for, its 00 left out. */
function unstuff(frame: Uint8Array): number[] | "malformed" {
  if (frame.length === 0) return "malformed";
  const message: number[] = [];
  for (let at = 0; at < frame.length; ) {
    const code = frame[at] as number;
    if (at + code > frame.length) return "malformed";
    message.push(...frame.subarray(at + 1, at + code));
    at += code;
    if (code !== LONGEST && at < frame.length) message.push(0);
  }
  return message;
}

/** The fewest bytes a message can have of which so many have come: whole runs of 254 cost one. */
function leastOf(received: number): number {
  return received - 1 - Math.floor((received - 1) / LONGEST);
}

export const cobs: Framer<Cobs> = {
  take(received, framing) {
    const max = limitOf(framing);
    const end = received.indexOf(0);
    if (end < 0) return leastOf(received.length) > max ? "tooLong" : "more";
    const message = unstuff(received.subarray(0, end));
    if (message === "malformed") return leastOf(end) > max ? "tooLong" : "malformed";
    if (message.length > max) return "tooLong";
    return { used: end + 1, message: Uint8Array.from(message) };
  },

  encode(payload, framing) {
    checkLimit(payload.length, framing);
    const wire: number[] = [];
    let run: number[] = [];
    const close = (): void => {
      wire.push(run.length + 1, ...run);
      run = [];
    };
    let zeroOwed = true;
    for (const byte of payload) {
      zeroOwed = true;
      if (byte === 0) close();
      else if (run.push(byte) === LONGEST - 1) {
        close();
        zeroOwed = false; // 255 says that no zero follows: at the end nothing more is needed
      }
    }
    if (zeroOwed) close();
    return Uint8Array.from([...wire, 0]);
  },
};

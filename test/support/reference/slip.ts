/**
 * SLIP (RFC 1055): a frame ends with END; END and ESC inside it are written as two bytes. Empty
 * frames are ignored. What a wrong escape stands for shows when the frame has ended.
 */
import { checkLimit, type Framer, limitOf, type Slip } from "./framing.ts";

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

export const slip: Framer<Slip> = {
  take(received, framing) {
    const max = limitOf(framing);
    const message: number[] = [];
    let wrong = false;
    for (let at = 0; at < received.length; at++) {
      const byte = received[at] as number;
      if (byte === END) {
        if (wrong) return "malformed";
        return { used: at + 1, message: at === 0 ? null : Uint8Array.from(message) };
      }
      if (byte !== ESC) {
        message.push(byte);
      } else {
        if (at + 1 === received.length) return "more";
        const escaped = received[at + 1];
        if (escaped === ESC_END) message.push(END);
        else if (escaped === ESC_ESC) message.push(ESC);
        else wrong = true;
        if (escaped !== END) at++;
      }
      if (message.length > max) return "tooLong";
    }
    return "more";
  },

  encode(payload, framing) {
    checkLimit(payload.length, framing);
    if (payload.length === 0) throw new RangeError("SLIP has no empty messages");
    const escaped = [...payload].flatMap((byte) => {
      if (byte === END) return [ESC, ESC_END];
      return byte === ESC ? [ESC, ESC_ESC] : [byte];
    });
    return Uint8Array.from([...escaped, END]);
  },
};

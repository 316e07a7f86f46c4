/**
 * Sending much through one socket the way an app should: as long as send() says true, then on at
 * `drain`. Says how often it had to wait and how far bufferedAmount rose.
 */
import type { TCPSocket } from "../../../bindings/index.ts";

const PIECE_BYTES = 48_000; // of no relation to any buffer's size

export interface Poured {
  readonly drains: number;
  readonly bufferedPeak: number;
}

/**
 * Resolves when all has been handed to send(); what is then to happen is the caller's. Asks for the
 * next piece only when it can be sent.
 */
export function pour(
  socket: TCPSocket,
  bytes: Uint8Array | Generator<Uint8Array>,
): Promise<Poured> {
  return new Promise((resolve, reject) => {
    const pieces = bytes instanceof Uint8Array ? cut(bytes) : bytes;
    let drains = 0;
    let bufferedPeak = 0;
    const go = (): void => {
      for (let next = pieces.next(); !next.done; next = pieces.next()) {
        const room = socket.send(next.value);
        bufferedPeak = Math.max(bufferedPeak, socket.bufferedAmount);
        if (!room) return;
      }
      socket.removeEventListener("drain", drained);
      resolve({ drains, bufferedPeak });
    };
    const drained = (): void => {
      drains += 1;
      go();
    };
    socket.addEventListener("drain", drained);
    socket.addEventListener("close", () => reject(new Error("closed while it was sending")));
    if (socket.readyState === "open") go();
    else socket.addEventListener("open", go, { once: true });
  });
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

/**
 * One end of a connection on a TCPSocket: sends its payload and a FIN, and receives until the
 * peer's FIN, both at once. It sends as an app should: until send() says false, then again at
 * `drain`. A slow one suspends for a while after each MiB it received, as a busy app would.
 */
import { MIB, Payload, Tally } from "./payload.mjs";

const PAUSE_MS = 25;

/**
 * Resolves when the socket has closed, rejects when it has failed.
 * @param meter told of all that moves
 * @param upgraded it is a client, and open already
 */
export function exchange(socket, { bytes, slow = false, upgraded = false, meter }) {
  const payload = new Payload(bytes);
  const received = new Tally();
  const seen = { buffered: 0, drains: 0, suspends: 0 };

  const fill = () => {
    for (let piece = payload.next(); piece; piece = payload.next()) {
      const room = socket.send(piece);
      seen.buffered = Math.max(seen.buffered, socket.bufferedAmount);
      meter.moved(piece.length);
      if (!room) return;
    }
    socket.halfClose();
  };

  let rest = MIB;
  const pauseAt = (length) => {
    rest -= length;
    if (rest > 0) return;
    rest = MIB;
    seen.suspends += 1;
    socket.suspend();
    setTimeout(() => socket.resume(), PAUSE_MS);
  };

  socket.ondrain = () => {
    seen.drains += 1;
    fill();
  };
  // The batch is lent: hashed where it lies, in engine memory, it need not be copied at all.
  socket.onmessages = ({ data: batch }) => {
    const { bytes: lent } = batch;
    received.add(lent);
    meter.moved(lent.length);
    if (slow) pauseAt(lent.length);
  };

  return new Promise((resolve, reject) => {
    let key;
    socket.onerror = ({ error }) => reject(error);
    socket.onclose = () => {
      resolve({ key, sent: payload.tally.total(), received: received.total(), ...seen });
    };
    const begin = (clientPort) => {
      key = clientPort;
      fill();
    };
    // An accepted socket is open from the start; its client's port is the remote one.
    if (upgraded) begin(socket.localPort);
    else if (socket.readyState === "open") begin(socket.remotePort);
    else socket.onopen = () => begin(socket.localPort);
  });
}

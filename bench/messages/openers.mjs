/**
 * How a side gets at its messages: each way connects, or listens, and hands what comes to a Tally.
 * `open(port, tally)` returns { send(bytes), close() }; `listen(tallyFor)` returns the port.
 */
import { loadSansock } from "../library.mjs";
import { listenNet, listenSocket, openNet, openSocket, WINDOW_BYTES } from "../sockets.mjs";

/** What a read leaves over goes in front of the twin's window. */
const HEADROOM = 64 * 1024;

/** How a TCPSocket hands its messages out. */
const HANDED = {
  onmessages: (socket, tally) => {
    socket.onmessages = ({ data: batch }) => tally.batch(batch.bytes, batch.table, batch.length);
  },
  uint8array: (socket, tally) => {
    socket.ondata = ({ data }) => tally.bytes(data);
  },
  arraybuffer: (socket, tally) => {
    socket.ondata = ({ data }) => tally.buffer(data);
  },
  string: (socket, tally) => {
    socket.ondata = ({ data }) => tally.text(data);
  },
};

/**
 * sansock with framing.
 * @param framed (framing) => the option
 * @param handed a key of HANDED; the binaryType too, where that matters
 * @param windowBytes an engine's of its own; without it, the default engine
 */
export function throughSansock(framed, handed, windowBytes) {
  let engine;
  const options = async () => {
    const { framing, Engine } = await loadSansock();
    const binaryType = handed === "onmessages" ? "uint8array" : handed;
    if (windowBytes !== undefined) engine ??= new Engine({ windowBytes });
    return { framing: framed(framing), binaryType, engine };
  };
  return {
    async open(port, tally) {
      const socket = await openSocket("sansock", port, await options());
      HANDED[handed](socket, tally);
      return socket;
    },
    async listen(tallyFor) {
      return listenSocket("sansock", await options(), (socket) => {
        HANDED[handed](socket, tallyFor(socket));
      });
    },
  };
}

/**
 * node:net's `data`.
 * @param attach (socket, tally) => hands out what comes; may resolve before the first byte does
 */
export function throughNet(attach) {
  return {
    async open(port, tally) {
      const socket = await openNet(port);
      await attach(socket, tally);
      return faceOf(socket);
    },
    listen(tallyFor) {
      return listenNet((socket) => attach(socket, tallyFor(faceOf(socket))));
    },
  };
}

/**
 * Plain JavaScript at its best: public `onread` into one buffer, offsets and sizes noted in a table,
 * handed out as a batch that is lent. What is not complete is copied in front of the next read.
 * Clients only: accepted sockets have no `onread`.
 * @param Scanner LengthScanner or LineScanner
 * @param windowBytes what it reads into at a time: as much as sansock, unless another side shows more
 */
export function throughTwin(Scanner, windowBytes = WINDOW_BYTES) {
  return {
    async open(port, tally) {
      const bytes = Buffer.allocUnsafeSlow(HEADROOM + windowBytes);
      const scanner = new Scanner(bytes.length);
      let left = 0;
      const callback = (count) => {
        const end = HEADROOM + count;
        const rest = scanner.scan(bytes, HEADROOM - left, end);
        if (scanner.length !== 0) tally.batch(bytes, scanner.table, scanner.length);
        left = end - rest;
        if (left > HEADROOM) throw new Error(`a message of more than ${HEADROOM} bytes`);
        if (left !== 0) bytes.copyWithin(HEADROOM - left, rest, end);
        return true;
      };
      const buffer = bytes.subarray(HEADROOM);
      return faceOf(await openNet(port, { onread: { buffer, callback } }));
    },
  };
}

/** Reads and looks at nothing: what the kernel, libuv and node:net take, and the sender can give. */
export function throughNothing() {
  return {
    async open(port, tally) {
      const callback = (count) => {
        tally.skip(count);
        return true;
      };
      const buffer = Buffer.allocUnsafeSlow(WINDOW_BYTES);
      return faceOf(await openNet(port, { onread: { buffer, callback } }));
    },
  };
}

function faceOf(socket) {
  return { send: (bytes) => socket.write(bytes), close: () => socket.end() };
}

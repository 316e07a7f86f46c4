/**
 * A server of node:net that knows what it will hear: to each part of a conversation it answers what
 * stands beside it, whole or in pieces of any size. It knows no protocol, only bytes.
 */
import { once } from "node:events";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";

/** What the client says, and the answer to that. */
export type Part = readonly [hears: Buffer, says: Buffer];

export interface ScriptedPeer {
  readonly port: number;
  /** All that the only client said, once it has ended. */
  readonly heard: Promise<Buffer>;
}

/**
 * Listens for one client. With `ends`, the last answer is followed by FIN; else the client ends.
 * @param pieceBytes the most bytes of an answer that are written at once
 */
export async function scriptedPeer(
  parts: readonly Part[],
  { pieceBytes = Infinity, ends = false } = {},
): Promise<ScriptedPeer> {
  const server = net.createServer({ noDelay: true });
  const heard = once(server, "connection").then(async ([socket]) => {
    server.close();
    const bytes = await converse(socket as net.Socket, parts, pieceBytes, ends);
    socket.destroy();
    return bytes;
  });
  heard.catch(() => {}); // whoever awaits it is told
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return { port: (server.address() as net.AddressInfo).port, heard };
}

async function converse(
  socket: net.Socket,
  parts: readonly Part[],
  pieceBytes: number,
  ends: boolean,
): Promise<Buffer> {
  let heard = Buffer.alloc(0);
  const ended = once(socket, "end");
  ended.catch(() => {});
  socket.on("error", () => {});
  let more = (): void => {};
  socket.on("data", (bytes) => {
    heard = Buffer.concat([heard, bytes as Buffer]);
    more();
  });
  let expected = 0;
  for (const [hears, says] of parts) {
    expected += hears.length;
    while (heard.length < expected) {
      const gone = Promise.race([once(socket, "close"), ended]).then(() => "gone");
      const next = new Promise<void>((resolve) => {
        more = resolve;
      });
      if ((await Promise.race([next, gone])) === "gone") return heard;
    }
    for (let at = 0; at < says.length; at += pieceBytes) {
      socket.write(says.subarray(at, at + pieceBytes));
      await turn();
    }
  }
  if (ends) socket.end();
  await ended;
  return heard;
}

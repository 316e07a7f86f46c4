/**
 * A server of node:net that knows what it will hear: to each part of a conversation it answers what
 * stands beside it, whole or in pieces of any size. It knows no protocol, only bytes,
 * and how to turn to TLS.
 */
import { once } from "node:events";
import net from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { TLSSocket } from "node:tls";

/** What the client says, and the answer to that. */
export type Part = readonly [hears: Buffer, says: Buffer];

export interface ScriptedPeer {
  readonly port: number;
  /** All that the only client said, once it has ended. */
  readonly heard: Promise<Buffer>;
}

export interface Script {
  /** The most bytes of an answer that are written at once. */
  readonly pieceBytes?: number;
  /** The last answer is followed by FIN; else the client ends. */
  readonly ends?: boolean;
  /** Parts behind which the peer turns to TLS, and with what certificate. */
  readonly turn?: { readonly parts: number; readonly cert: string; readonly key: string };
}

/** Listens for one client. */
export async function scriptedPeer(
  parts: readonly Part[],
  script: Script = {},
): Promise<ScriptedPeer> {
  const server = net.createServer({ noDelay: true });
  const heard = once(server, "connection").then(async ([socket]) => {
    server.close();
    const bytes = await converse(socket as net.Socket, parts, script);
    socket.destroy();
    return bytes;
  });
  heard.catch(() => {}); // whoever awaits it is told
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return { port: (server.address() as net.AddressInfo).port, heard };
}

async function converse(socket: net.Socket, parts: readonly Part[], script: Script) {
  const { pieceBytes = Infinity, ends = false, turn } = script;
  let ear = new Ear(socket);
  const clear = turn?.parts ?? parts.length;
  for (const [i, [hears, says]] of parts.entries()) {
    if (!(await ear.hears(hears.length))) return ear.heard;
    const last = i === clear - 1 && turn !== undefined;
    if (last) ear.close(); // what follows is TLS
    await write(ear.stream, says, pieceBytes);
    if (last) ear = new Ear(new TLSSocket(socket, { ...turn, isServer: true }), ear);
  }
  if (ends) ear.stream.end();
  await ear.ended;
  return ear.heard;
}

async function write(stream: net.Socket, bytes: Buffer, pieceBytes: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    stream.write(bytes.subarray(at, at + pieceBytes));
    await nextTurn();
  }
}

/** Listens to a stream, and says when so much more has come. */
class Ear {
  readonly stream: net.Socket;
  readonly ended: Promise<unknown>;
  heard: Buffer;
  #expected: number;
  #more = (): void => {};
  readonly #listen = (bytes: Buffer): void => {
    this.heard = Buffer.concat([this.heard, bytes]);
    this.#more();
  };

  constructor(stream: net.Socket, before?: Ear) {
    this.stream = stream;
    this.heard = before?.heard ?? Buffer.alloc(0);
    this.#expected = this.heard.length;
    this.ended = once(stream, "end").catch(() => {}); // a client that fails may reset
    stream.on("error", () => {});
    stream.on("data", this.#listen);
  }

  /** False when the client has gone before. */
  async hears(bytes: number): Promise<boolean> {
    this.#expected += bytes;
    while (this.heard.length < this.#expected) {
      const gone = Promise.race([once(this.stream, "close"), this.ended]).then(() => "gone");
      const next = new Promise<void>((resolve) => {
        this.#more = resolve;
      });
      if ((await Promise.race([next, gone])) === "gone") return false;
    }
    return true;
  }

  close(): void {
    this.stream.off("data", this.#listen).pause();
  }
}

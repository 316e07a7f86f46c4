/** The types of TCPSocket, as a program sees them. */
import {
  type BinaryType,
  type Engine,
  type ReadyState,
  type ServerSocketOptions,
  type SocketOptions,
  TCPServerSocket,
  TCPSocket,
  type TlsInfo,
  type TlsOptions,
} from "sansock";
import type { All, Same } from "./same.ts";

declare const engine: Engine;
declare const socket: TCPSocket;

export type Attributes = All<
  [
    Same<ReadyState, "connecting" | "open" | "closing" | "closed">,
    Same<BinaryType, "string" | "arraybuffer" | "uint8array">,
    Same<TCPSocket["readyState"], ReadyState>,
    Same<TCPSocket["binaryType"], BinaryType>,
    Same<TCPSocket["host"], string>,
    Same<TCPSocket["port"], number>,
    Same<TCPSocket["ssl"], boolean>,
    Same<TCPSocket["bufferedAmount"], number>,
    Same<TCPSocket["remoteAddress"], string>,
    Same<TCPSocket["remotePort"], number>,
    Same<TCPSocket["localAddress"], string>,
    Same<TCPSocket["localPort"], number>,
    Same<TCPSocket["bytesSent"], number>,
    Same<TCPSocket["bytesReceived"], number>,
    Same<TCPSocket["opened"], Promise<void>>,
    Same<TCPSocket["closed"], Promise<void>>,
    Same<TCPSocket["drained"], Promise<void>>,
  ]
>;

export type Methods = All<
  [
    Same<ReturnType<TCPSocket["send"]>, boolean>,
    Same<Pick<TCPSocket, Plain>, Record<Plain, () => void>>,
    Same<TCPSocket["upgradeToSecure"], (options?: TlsOptions) => Promise<void>>,
    Same<TCPSocket["tlsInfo"], TlsInfo | null>,
    Same<ReturnType<TCPSocket[typeof Symbol.asyncDispose]>, Promise<void>>,
    // biome-ignore lint/suspicious/noExplicitAny: what data is depends on binaryType
    Same<ReturnType<TCPSocket[typeof Symbol.asyncIterator]>, AsyncIterableIterator<any>>,
    Same<Parameters<typeof TCPSocket.open>, ConstructorParameters<typeof TCPSocket>>,
    Same<Parameters<typeof TCPSocket.listen>, ConstructorParameters<typeof TCPServerSocket>>,
    Same<ReturnType<typeof TCPSocket.open>, TCPSocket>,
    Same<ReturnType<typeof TCPSocket.listen>, TCPServerSocket>,
    // A list, so that an option cannot come, go or change its name unnoticed.
    Same<keyof SocketOptions, CommonOption | ClientOption>,
    Same<keyof ServerSocketOptions, CommonOption | ServerOption>,
  ]
>;

type Plain = "suspend" | "resume" | "close" | "closeImmediately" | "halfClose";

type CommonOption =
  | (
      | "binaryType"
      | "framing"
      | "useSecureTransport"
      | "tls"
      | "idleTimeout"
      | "highWaterMark"
      | "lowWaterMark"
    )
  | ("maxBufferedAmount" | "allowHalfOpen" | "noDelay" | "keepAlive" | "signal" | "engine");
type ClientOption = "connectTimeout" | "localAddress" | "localPort" | "family" | "lookup";
type ServerOption =
  | "handshakeTimeout"
  | "host"
  | "maxConnections"
  | "maxReceiveBytes"
  | "reusePort";

export function construct(): void {
  new TCPSocket("localhost", 8105);
  new TCPSocket("localhost", "8105", {});
  new TCPSocket("localhost", 8105, {
    binaryType: "uint8array",
    keepAlive: 30_000,
    family: 6,
    signal: AbortSignal.timeout(1_000),
    engine,
  });
  TCPSocket.open("localhost", 8105, { maxBufferedAmount: Number.POSITIVE_INFINITY });

  // @ts-expect-error a port is needed
  new TCPSocket("localhost");
  // @ts-expect-error a port is no boolean
  new TCPSocket("localhost", true);
  // @ts-expect-error null is a value of Mozilla's that only sansock/mozilla is for
  new TCPSocket("localhost", 8105, null);
  // @ts-expect-error an unknown option, here Mozilla's old name of one
  new TCPSocket("localhost", 8105, { useSSL: true });
  // @ts-expect-error no such type
  new TCPSocket("localhost", 8105, { binaryType: "blob" });
  // @ts-expect-error milliseconds are a number
  new TCPSocket("localhost", 8105, { idleTimeout: "1s" });
  // @ts-expect-error an option of servers
  new TCPSocket("localhost", 8105, { maxConnections: 1 });
}

export function send(): void {
  socket.send("text");
  socket.send(new ArrayBuffer(8), 2, 4);
  socket.send(new Uint8Array(8), 2);
  socket.send(new DataView(new ArrayBuffer(8)));
  socket.send(Buffer.from("text"));

  // @ts-expect-error nothing to send
  socket.send();
  // @ts-expect-error numbers are not bytes
  socket.send([1, 2, 3]);
  // @ts-expect-error numbers are not bytes
  socket.send(1);
}

export function readOnly(): void {
  // @ts-expect-error options are read once
  socket.binaryType = "string";
  // @ts-expect-error state is the engine's
  socket.readyState = "closed";
}

export function chain(): TCPSocket {
  return socket.ref().unref();
}

export async function dispose(): Promise<void> {
  await using disposed = new TCPSocket("localhost", 8105);
  await disposed.opened;
  await using server: AsyncDisposable = new TCPServerSocket(0);
  void server;
}

/** The types of the strict profile: Mozilla's options and no other, strict sockets all the way. */
import type * as sansock from "sansock";
import {
  install,
  mozTCPSocket,
  type SocketOptions,
  TCPServerSocket,
  TCPSocket,
} from "sansock/mozilla";
import type { All, Same } from "./same.ts";

declare const server: TCPServerSocket;

export type Strict = All<
  [
    Same<ReturnType<typeof mozTCPSocket.open>, TCPSocket>,
    Same<ReturnType<typeof mozTCPSocket.listen>, TCPServerSocket>,
    Same<ReturnType<typeof install>, typeof mozTCPSocket>,
    Same<SocketOptions["binaryType"], "string" | "arraybuffer" | undefined>,
  ]
>;

export function construct(): void {
  const socket: sansock.TCPSocket = new TCPSocket("localhost", "8105", { useSSL: false });
  socket.send("text");
  mozTCPSocket.open("localhost", -1, { useSecureTransport: false, binaryType: "arraybuffer" });
  mozTCPSocket.listen(-1, {}, -1);
  install({});

  // @ts-expect-error ours, not Mozilla's
  new TCPSocket("localhost", 8105, { binaryType: "uint8array" });
  // @ts-expect-error ours, not Mozilla's
  new TCPSocket("localhost", 8105, { highWaterMark: 1 });
  // @ts-expect-error a view would be sent as the text it becomes
  new TCPSocket("localhost", 8105).send(new Uint8Array(1));
}

export async function accepted(): Promise<void> {
  for await (const socket of server) socket satisfies TCPSocket;
  new TCPServerSocket(8105, { binaryType: "string" }, 5).close();
}

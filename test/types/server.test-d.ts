/** The types of TCPServerSocket and Engine, as a program sees them. */
import { Engine, type EngineStats, type Host, TCPServerSocket, type TCPSocket } from "sansock";
import { Loopback } from "sansock/loopback";
import type { All, Same } from "./same.ts";

declare const server: TCPServerSocket;

export type Server = All<
  [
    Same<TCPServerSocket["localPort"], number>,
    Same<TCPServerSocket["localAddress"], string>,
    Same<TCPServerSocket["listening"], Promise<void>>,
    Same<TCPServerSocket["close"], () => void>,
    Same<Iterated<TCPServerSocket>, TCPSocket>,
  ]
>;

type Iterated<T extends AsyncIterable<unknown>> =
  T extends AsyncIterable<infer Item> ? Item : never;

export function construct(): void {
  new TCPServerSocket(0);
  new TCPServerSocket("8105", { host: "::1", maxConnections: 100, reusePort: false }, 511);
  new TCPServerSocket(8105, undefined, 511);

  // @ts-expect-error a port is needed
  new TCPServerSocket();
  // @ts-expect-error an option of clients
  new TCPServerSocket(0, { connectTimeout: 1_000 });
  // @ts-expect-error a backlog is a number
  new TCPServerSocket(0, {}, "511");
}

export async function iterate(): Promise<void> {
  for await (const socket of server) {
    const accepted: TCPSocket = socket;
    accepted.close();
  }
}

export async function engine(): Promise<void> {
  const host: Host = new Loopback({ seed: 1, faults: { split: true } });
  const made = new Engine({ memoryBytes: 1 << 20, maxSockets: 16, windowBytes: 16_384, host });
  const stats: EngineStats = made.stats;
  const failed: boolean = made.failed;
  void [stats.sockets, failed];

  // @ts-expect-error an unknown option
  new Engine({ memory: 1 << 20 });
  // @ts-expect-error what it has done cannot be set
  made.stats.sockets = 0;
}

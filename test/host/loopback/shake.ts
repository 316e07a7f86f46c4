/** One handshake of two ends in a loopback network, and what comes of it. */
import { expect } from "vitest";
import { Loopback } from "../../../host/loopback/index.ts";
import type { Listener, Sink, TlsInfo, Transport } from "../../../host/transport.ts";

export interface Told {
  reason: number;
  cause: unknown;
  info: TlsInfo | null | undefined;
}

export interface Outcome {
  readonly client: Told;
  readonly server: Told;
  /** Virtual milliseconds until the client was verified. */
  readonly time: number;
}

/** What a server has unless it is given something else. */
export const SERVER = { cert: "name=localhost,name=127.0.0.1,issuer=test", key: "any" };
const COMMON = { noDelay: true, keepAlive: false } as const;

/** One handshake, and what both ends are told. */
export async function shake(
  server: object,
  client: object = {},
  host = "localhost",
): Promise<Outcome> {
  const net = new Loopback({ virtual: true, faults: { latency: [10, 10] } });
  const told = (): Told => ({ reason: 0, cause: undefined, info: undefined });
  const [ours, theirs] = [told(), told()];
  let time = 0;
  const sink = (transport: () => Transport, to: Told): Sink => ({
    connected: () => {
      to.info = transport().tlsInfo;
      if (to === ours) time = net.now;
    },
    secured: () => {},
    received: () => {},
    receivedCopy: () => {},
    takesWhole: false,
    receivedWhole: () => {},
    sent: () => {},
    ended: () => {},
    failed: (reason, cause) => {
      Object.assign(to, { reason, cause });
    },
    closed: () => {},
  });
  const context = (options: object, isServer: boolean) => {
    return { context: net.tlsContext(options), server: isServer, host: isServer ? "" : host };
  };
  const listener: Listener = net.listen(
    { port: 443, ...COMMON, tls: context({ ...SERVER, ...server }, true) },
    {
      listening: () => {},
      accepted: (transport) => {
        transport.resume();
        return sink(() => transport, theirs);
      },
      failed: () => {},
      closed: () => {},
    },
  );
  expect(listener.bound).toBe(true);
  const tls = context({ ca: "test", ...client }, false);
  const target = { host: "127.0.0.1", port: 443, family: 0, ...COMMON, tls } as const;
  const transport = net.connect(
    target,
    new Uint8Array(1024),
    sink(() => transport, ours),
  );
  await net.run();
  return { client: ours, server: theirs, time };
}

/** Connections with TLS, made in either way, and a man in the middle of them. */
import type { TlsTarget } from "../../../host/transport.ts";
import type { End } from "./end.ts";
import type { Pair, Stage } from "./stage.ts";

export type How = (typeof HOWS)[number];
export const HOWS = [
  "from the first byte",
  "from the first byte, whole",
  "by upgrade",
  "by upgrade, into the window",
  "by upgrade, whole",
] as const;

/** TLS options beside, or in place of, those that work. */
export interface Options {
  readonly client?: object;
  readonly server?: object;
}

export function clientTls(on: Stage, how: How, options: object = {}): TlsTarget {
  const context = on.host.tlsContext?.({ ...on.keys.trusting, ...options }, false) ?? {};
  return { context, server: false, host: "127.0.0.1", window: windowOf(on, how) };
}

export function serverTls(on: Stage, how: How, options: object = {}): TlsTarget {
  const context = on.host.tlsContext?.({ ...on.keys.server, ...options }, true) ?? {};
  return { context, server: true, host: "", window: windowOf(on, how) };
}

function windowOf(on: Stage, how: How): Uint8Array | undefined {
  return how.endsWith("window") || how.endsWith("whole") ? on.window : undefined;
}

/** Two ends in the middle of a handshake, both paused. */
export async function shaking(on: Stage, how: How, options: Options = {}): Promise<Pair> {
  on.whole = how.endsWith("whole");
  const [ours, theirs] = [clientTls(on, how, options.client), serverTls(on, how, options.server)];
  if (upgrades(how)) {
    const pair = await on.pair("pause");
    pair.server.secure(theirs);
    pair.client.secure(ours);
    return pair;
  }
  const listener = on.listen({ tls: theirs });
  listener.answer = "pause";
  await listener.seen("listening");
  const client = on.connect(listener.listener.localPort, { tls: ours });
  client.pause();
  return { client, server: await listener.first(), listener };
}

export function upgrades(how: How): boolean {
  return how.startsWith("by upgrade");
}

/** What is told when the handshake is over. */
export function told(how: How): "connected" | "secured" {
  return upgrades(how) ? "secured" : "connected";
}

/** Two ends that are secure, and read. */
export async function securePair(on: Stage, how: How, options: Options = {}): Promise<Pair> {
  const pair = await shaking(on, how, options);
  await Promise.all([pair.client.seen(told(how)), pair.server.seen(told(how))]);
  pair.client.resume();
  pair.server.resume();
  return pair;
}

/** One end with TLS, in its handshake, whose peer speaks none. */
export async function alone(
  on: Stage,
  how: How,
  side: "client" | "server",
): Promise<{ end: End; peer: End }> {
  const tls = side === "client" ? clientTls(on, how) : serverTls(on, how);
  if (upgrades(how)) {
    const { client, server } = await on.pair("pause");
    const [end, peer] = side === "client" ? [client, server] : [server, client];
    end.secure(tls);
    if (side === "client") peer.resume();
    return { end, peer };
  }
  const listener = on.listen(side === "server" ? { tls } : {});
  if (side === "server") listener.answer = "pause";
  await listener.seen("listening");
  const client = on.connect(listener.listener.localPort, side === "client" ? { tls } : {});
  const server = await listener.first();
  return side === "client" ? { end: client, peer: server } : { end: server, peer: client };
}

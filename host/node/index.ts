/**
 * The default host: node:net, as Node, Deno and Bun provide it.
 *
 * Owns nothing but the one timer wheel; connections and listeners are in the files beside it. What
 * is Node's is imported, here and there: a global of that name may be somebody else's.
 */

import { TimerWheel } from "../timer-wheel.ts";
import type {
  ConnectTarget,
  Host,
  Listener,
  ListenerSink,
  ListenTarget,
  Sink,
  Timer,
  TlsContext,
  Transport,
} from "../transport.ts";
import { alarm } from "./alarm.ts";
import { builtin, defer } from "./builtin.ts";
import { NodeListener } from "./listener.ts";
import { readsInContext } from "./others.ts";
import { connect } from "./tcp.ts";
import { tlsContext } from "./tls.ts";

const { AsyncResource } = builtin("node:async_hooks");
const { Buffer } = builtin("node:buffer");

const wheel = new TimerWheel({ now: () => performance.now(), alarm });

export const nodeHost: Host = {
  name: "node:net",

  get reusesPorts(): boolean {
    return hasReusePort(builtin("node:process").versions.node);
  },

  connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport {
    return connect(target, window, sink);
  },

  listen(target: ListenTarget, sink: ListenerSink): Listener {
    return new NodeListener(target, sink);
  },

  tlsContext(options: object, server: boolean): TlsContext {
    return tlsContext(options, server);
  },

  timer(milliseconds: number, expired: () => void): Timer {
    return wheel.start(milliseconds, expired);
  },

  defer(task: () => void): void {
    defer(task);
  },

  // A page has no such contexts.
  context: AsyncResource === undefined ? undefined : () => new AsyncResource("TCPSocket"),

  readsInContext,

  view(memory: ArrayBuffer, offset: number, length: number): Uint8Array {
    return Buffer.from(memory, offset, length);
  },

  decodeLatin1(memory: ArrayBuffer, offset: number, length: number): string {
    return whole(memory).latin1Slice(offset, offset + length);
  },

  encodeLatin1(text: string, memory: ArrayBuffer, offset: number): void {
    whole(memory).latin1Write(text, offset);
  },
};

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (Buffer === undefined) return Uint8Array.from(atob(text), (char) => char.charCodeAt(0)); // a page
  return Buffer.from(text, "base64");
}

/** `listen({ reusePort })` came with Node 22.12 and 23.1; older ones ignore it silently. */
function hasReusePort(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

type Latin1Buffer = Buffer & {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number): number;
};

let lastMemory: ArrayBuffer | undefined;
let lastBuffer: Latin1Buffer | undefined;

/** A Buffer over all of a memory; the last one is kept, there is rarely a second. */
function whole(memory: ArrayBuffer): Latin1Buffer {
  if (lastBuffer === undefined || lastMemory !== memory) {
    lastMemory = memory;
    lastBuffer = Buffer.from(memory) as Latin1Buffer;
  }
  return lastBuffer;
}

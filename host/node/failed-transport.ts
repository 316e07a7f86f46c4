/**
 * A connection that node:net refused to start: it reports so, in a task of its own (M16), and is gone.
 */
import type { Addresses, Sink, Transport } from "../transport.ts";
import { defer } from "./builtin.ts";
import { reasonOf } from "./reasons.ts";

/** A transport that never was. */
export class FailedTransport implements Transport {
  readonly addresses: Addresses = {
    localAddress: "",
    localPort: 0,
    remoteAddress: "",
    remotePort: 0,
  };

  constructor(sink: Sink, error: unknown) {
    defer(() => {
      sink.failed(reasonOf(error), error);
      sink.closed();
    });
  }

  readonly tlsInfo = null;

  write(): void {}
  secure(): void {}
  pause(): void {}
  resume(): void {}
  finish(): void {}
  destroy(): void {}
  ref(): void {}
  unref(): void {}
}

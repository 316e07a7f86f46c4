/**
 * Handing bytes to a sink: in the window, whole, or in memory that is the host's and soon stale.
 *
 * What was copied is overwritten afterwards, so that nobody keeps it unnoticed. Must never be called
 * outside of an event.
 */
import type { Sink } from "../transport.ts";
import type { Network } from "./network.ts";

/** Most bytes of one read where there is no window. */
export const READ_BYTES_MAX = 65_536;

const STALE = 0xdb;

/** `fill` is given the place for `count` bytes, which the sink is told of. */
export function reportBytes(
  network: Network,
  sink: Sink | null,
  window: Uint8Array | undefined,
  count: number,
  fill: (into: Uint8Array) => void,
): void {
  const lent = network.copies() ? undefined : window;
  const bytes = lent?.subarray(0, count) ?? new Uint8Array(count);
  fill(bytes);
  if (lent !== undefined) {
    sink?.received(count);
  } else if (sink?.takesWhole === true) {
    sink.receivedWhole(bytes);
  } else {
    sink?.receivedCopy(bytes);
    bytes.fill(STALE);
  }
}

/**
 * What a socket at the driver has only while something happens to it; idle ones lack it all.
 */
import type { Timer } from "../host/transport.ts";
import { ExternalQueue } from "./external-queue.ts";

/** The rarer half of a Channel. */
export class Extras {
  timer: Timer | undefined;
  /** The host's error behind a failure. */
  cause: unknown;
  external: ExternalQueue | undefined;
  /** A read the core had no room for. */
  aside: Uint8Array | undefined;
  /** Behind it came the peer's FIN. */
  ended = false;
  /** The core has room for it now. */
  resumed = false;
  /** Parts of a read are still to be given to the core. */
  feeding = false;
  /** Who wants to know of its end. */
  waiting: (() => void)[] | undefined;

  /** Room for an external payload. */
  room(length: number): Uint8Array {
    this.external ??= new ExternalQueue();
    return this.external.room(length);
  }

  /** The core has no room now; it pauses the transport, so this is what one read brings. */
  keep(bytes: Uint8Array): void {
    const kept = this.aside ?? new Uint8Array(0);
    this.aside = new Uint8Array(kept.length + bytes.length);
    this.aside.set(kept);
    this.aside.set(bytes, kept.length);
  }

  /** What was kept, if the core still has room for it. */
  take(): Uint8Array | undefined {
    if (!this.resumed) return undefined;
    const kept = this.aside;
    this.resumed = false;
    this.aside = undefined;
    return kept;
  }

  /** The handle is dead. */
  release(): void {
    for (const resolve of this.waiting ?? []) resolve();
    this.timer?.cancel();
    this.aside = undefined; // else a deferred resume() would hand it on
  }
}

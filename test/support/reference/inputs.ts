/**
 * What the host reports to a socket of the reference: facts are noted, nothing is said.
 */
import type { Answer, Timer } from "../vectors/shim.ts";
import { ReferenceFacts } from "./facts.ts";

export class ReferenceInputs extends ReferenceFacts {
  connected(): Answer {
    if (this.state === "closing" || this.state === "closed") return true; // M30
    if (this.up) return "state";
    this.up = true;
    this.announcement = this.role === "accepted" ? "connect" : "open";
    if (this.role === "accepted") this.state = "open";
    return true;
  }

  /** The handshake of an upgrade is verified. */
  secured(): Answer {
    if (this.state === "closed" || this.failed || this.aborted) return true;
    if (!this.security.shaking) return "state";
    this.deadlines.active = true;
    this.security.verified();
    this.announcement = "secure";
    return true;
  }

  received(bytes: Uint8Array): Answer {
    if (this.state === "connecting" || this.role === "listener" || this.peerEnded) return "state";
    if (bytes.length > 0) this.deadlines.active = true;
    if (this.security.awaited && bytes.length > 0) return this.fail("plaintextLeft");
    if (this.state === "open") this.decoder.push(bytes);
    return true;
  }

  sent(count: number): Answer {
    if (count > 0) this.deadlines.active = true;
    return this.queue.sent(count);
  }

  ended(): Answer {
    if (this.up && !this.security.awaited) this.peerEnded = true;
    else this.fail("interrupted");
    return true;
  }

  closed(): Answer {
    if (this.gone) return "state";
    const unsent = this.queue.buffered > 0;
    const endWaits = this.peerEnded && !this.endSeen;
    const open = this.state === "connecting" || this.state === "open";
    this.gone = true;
    this.queue.inFlight = 0;
    const cut = unsent || (open && !endWaits && !this.bothEnded);
    if (cut || this.security.awaited) this.fail("interrupted");
    return true;
  }

  /** A timer that is no longer wanted means nothing. */
  expired(timer: Timer): Answer {
    if (timer !== this.timer) return true;
    if (timer === "connect") return this.fail("connectTimeout");
    if (timer === "handshake") return this.fail("handshakeTimeout");
    if (timer === "linger") this.lingered = true;
    const held = this.suspends > 0 || (!this.claimed && this.decoder.rest.length > 0);
    if (timer !== "idle" || !this.deadlines.quarter(held && !this.security.awaited)) return true;
    return this.fail("idleTimeout");
  }
}

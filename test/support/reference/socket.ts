/**
 * One socket of the reference: Mozilla's TCPSocket as docs/abi.md has it, in the plainest way.
 *
 * It keeps the bytes themselves instead of places, notes what it is told (facts.ts, inputs.ts), and
 * decides afresh what is said next (speech.ts). Here is what the app asks. What it cannot know is when
 * an engine's memory is full.
 */
import type { Answer } from "../vectors/shim.ts";
import { encoded } from "./decoder.ts";
import type { Framing } from "./framing.ts";
import { ReferenceSpeech } from "./speech.ts";

export class ReferenceSocket extends ReferenceSpeech {
  setFraming(framing: Framing | null): Answer {
    this.decoder.framing = framing;
    return true;
  }

  send(payload: Uint8Array): Answer {
    if (this.state !== "open" || this.halfClosed || this.gone) return "state"; // M63
    if (this.role === "listener") return "state";
    const { framing } = this;
    const wire = framing === null ? payload : encoded(payload, framing);
    return wire === null ? "range" : this.queue.push(wire);
  }

  suspend(): Answer {
    this.suspends++;
    return true;
  }

  resume(): Answer {
    if (this.suspends === 0) return "state"; // M96
    this.suspends--;
    if (this.suspends === 0) this.deadlines.heldUp = true;
    return true;
  }

  /** The app takes data, as at first. */
  claim(): Answer {
    this.claimed = true;
    return true;
  }

  /** It does not, for now: what comes is kept. */
  unclaim(): Answer {
    this.claimed = false;
    return true;
  }

  /** What has just been said found nobody. */
  ignore(): Answer {
    this.security.dropped = true;
    return true;
  }

  /** TLS from here on; what has not been delivered by now never is (M104, M107). */
  upgrade(): Answer {
    if (this.role === "listener" || this.state !== "open") return "state"; // M102
    if (!this.security.isPlain) return true;
    if (this.halfClosed || this.gone) return "state";
    this.security.begin();
    if (this.peerEnded) this.fail("interrupted");
    if (this.decoder.rest.length > 0 || this.security.dropped) this.fail("plaintextLeft");
    return true;
  }

  close(): Answer {
    if (this.state === "connecting" || this.role === "listener") return this.abort(); // M29
    if (this.state === "open") this.state = "closing";
    return true;
  }

  abort(): Answer {
    if (this.state === "closed" || this.aborted) return true; // M31
    this.aborted = true;
    this.state = "closing";
    this.failed = false;
    this.failure = null;
    this.queue.purge();
    if (this.announcement === "open") this.announcement = null;
    return true;
  }

  halfClose(): Answer {
    if (this.role === "listener") return "state";
    if (this.state === "connecting" || this.state === "open") this.halfClosed = true;
    return true;
  }
}

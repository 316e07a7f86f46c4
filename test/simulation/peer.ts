/**
 * A raw other end: sends what the engine's framing takes, or not, in pieces, and ends as it likes.
 */
import type { RawPeer } from "../../host/loopback/index.ts";
import type { Actor } from "./actor.ts";
import { someBytes, Written } from "./bytes.ts";
import { payloadSize } from "./formats.ts";
import type { Schedule } from "./schedule.ts";

export class Peer {
  readonly written = new Written();
  readonly #schedule: Schedule;
  readonly #raw: RawPeer;
  readonly #name: string;
  /** Bytes of messages begun and not yet sent. */
  #rest = new Uint8Array();
  #ended = false;

  constructor(schedule: Schedule, raw: RawPeer, name: string) {
    this.#schedule = schedule;
    this.#raw = raw;
    this.#name = name;
  }

  /** The engine's socket at the other end, if it is one. */
  find: () => Actor | undefined = () => undefined;

  act(): void {
    const { choices, log } = this.#schedule;
    const what = choices.below(100);
    if (what < 70) this.#write();
    else if (what < 76) this.#raw.pause();
    else if (what < 88) this.#raw.resume();
    else {
      log?.({ peer: this.#name, does: what < 95 ? "end" : what < 98 ? "reset" : "destroy" });
      if (what < 95) this.end();
      else if (what < 98) this.#raw.reset();
      else this.#raw.destroy();
    }
  }

  /** No more faults: it takes all and ends. */
  calm(): void {
    this.#raw.resume();
  }

  end(): void {
    this.#ended = true;
    this.#raw.end();
  }

  #write(): void {
    const { choices } = this.#schedule;
    if (this.#ended) return;
    if (this.#rest.length === 0 || choices.chance(40)) this.#begin();
    const { length } = this.#rest;
    const count = choices.chance(30) ? Math.min(length, 1 + choices.below(length + 1)) : length;
    const bytes = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    this.#schedule.log?.({ peer: this.#name, does: "write", bytes });
    this.written.add(bytes);
    this.#raw.write(bytes);
  }

  /** Another message, or as often as not several, or something that is none. */
  #begin(): void {
    const { choices, scarce } = this.#schedule;
    const format = this.find()?.format ?? null;
    for (let i = choices.below(4); i >= 0; i--) {
      const payload = someBytes(
        choices.below(3),
        choices.below(1 << 17),
        payloadSize(choices, format, scarce),
      );
      const garbage = format === null || choices.chance(3);
      const bytes = garbage ? payload : (format.encode(payload) ?? new Uint8Array());
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      this.#rest = joined;
    }
  }
}

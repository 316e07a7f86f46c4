/**
 * A raw other end: sends what the engine's framing takes, or not, in pieces, begins TLS when the engine's
 * socket does, or does not, and ends as it likes.
 */
import type { Actor } from "./actor.ts";
import { someBytes } from "./bytes.ts";
import type { FarEnd } from "./far-end.ts";
import { payloadSize } from "./formats.ts";
import type { Schedule } from "./schedule.ts";
import { anySecrets } from "./security.ts";

export class Peer {
  readonly far: FarEnd;
  readonly name: string;
  readonly #schedule: Schedule;
  /** Bytes of messages begun and not yet sent. */
  #rest = new Uint8Array();
  #ended = false;

  constructor(schedule: Schedule, far: FarEnd, name: string) {
    this.#schedule = schedule;
    this.far = far;
    this.name = name;
  }

  /** The engine's socket at the other end, if it is one. */
  find: () => Actor | undefined = () => undefined;

  act(): void {
    const { choices } = this.#schedule;
    const what = choices.below(100);
    if (this.far.end.shaking && what < 20) this.#leave(choices.below(100));
    else if (what < 70) this.#write();
    else if (what < 76) this.far.pause();
    else if (what < 88) this.far.resume();
    else this.#leave(what);
  }

  /** Begins TLS: the other end does, or is about to. */
  secure(): void {
    this.#schedule.log?.({ peer: this.name, does: "secure" });
    this.far.begin(anySecrets(this.#schedule.choices, this.far.end.role));
  }

  /** No more faults: it takes all and ends. */
  calm(): void {
    this.far.resume();
  }

  end(): void {
    this.#ended = true;
    this.far.finish();
  }

  #leave(what: number): void {
    this.#schedule.log?.({
      peer: this.name,
      does: what < 95 ? "end" : what < 98 ? "reset" : "destroy",
    });
    if (what < 95) this.end();
    else if (what < 98) this.far.reset();
    else this.far.destroy();
  }

  #write(): void {
    const { choices } = this.#schedule;
    if (this.#ended) return;
    if (this.#rest.length === 0 || choices.chance(40)) this.#begin();
    const { length } = this.#rest;
    const count = choices.chance(30) ? Math.min(length, 1 + choices.below(length + 1)) : length;
    const bytes = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    this.#schedule.log?.({ peer: this.name, does: "write", bytes });
    this.far.write(bytes);
  }

  /** Another message, or as often as not several, or something that is none. */
  #begin(): void {
    const { choices, scarce } = this.#schedule;
    const actor = this.find();
    const format = actor?.format ?? null;
    if (!this.far.secure && actor?.model.ssl === true && choices.chance(60)) this.#forge();
    for (let i = choices.below(4); i >= 0; i--) {
      const payload = someBytes(
        choices.below(3),
        choices.below(1 << 17),
        payloadSize(choices, format, scarce),
      );
      const garbage = format === null || choices.chance(3);
      this.#add(garbage ? payload : (format.encode(payload) ?? new Uint8Array()));
    }
  }

  /** What begins like a record of TLS: for a handshake that this peer has no part in. */
  #forge(): void {
    const { choices } = this.#schedule;
    const size = choices.below(40);
    const type = choices.of([22, 21, 23]);
    this.#add(Uint8Array.of(type, 3, choices.of([3, 3, 1]), choices.of([0, 0, 0, 70]), size));
    this.#add(someBytes(1, choices.below(1 << 17), size));
  }

  #add(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    this.#rest = joined;
  }
}

/**
 * The model of receiving: what the transport reported and the app was not told.
 *
 * A list of bytes and a framing. The next message is what those bytes begin with, under whatever
 * framing is set by then; nothing else is remembered.
 */
import { Bytes, same } from "./bytes.ts";
import { must } from "./divergence.ts";
import type { Format, Found } from "./format.ts";

const NONE: readonly string[] = [];
const WRONG = ["NetworkError"];
const INCOMPLETE = ["NetworkInterruptError"];
const EITHER = [...WRONG, ...INCOMPLETE];

export class Receive {
  readonly #bytes = new Bytes();
  #format: Format | null;
  #ended = false;
  /** What #bytes begin with, until they or the framing change. */
  #found: Found | null = null;
  /** So many bytes in front of #found are to be ignored. */
  #ignored = 0;
  /** The last of the data that came found nobody who listens. */
  lost = false;
  /** All bytes the transport reported. */
  total = 0;

  constructor(format: Format | null) {
    this.#format = format;
  }

  get framed(): boolean {
    return this.#format !== null;
  }

  /** Bytes not delivered. */
  get pending(): number {
    return this.#bytes.length;
  }

  /** The peer's FIN was reported. */
  get ended(): boolean {
    return this.#ended;
  }

  set format(format: Format | null) {
    this.#format = format;
    this.#found = null;
  }

  /** All that decides what can come. */
  get state(): unknown {
    return [[...this.#bytes.view], this.#ended, this.#format, this.lost];
  }

  add(bytes: Uint8Array): void {
    must(!this.#ended, "received: behind the end");
    this.total += bytes.length;
    this.#bytes.add(bytes);
    this.#found = null;
  }

  end(): void {
    this.#ended = true;
    this.#found = null;
  }

  /** Never delivered: after close() (M48), after a failure, when nobody listens. */
  drop(): void {
    this.#advance(this.#bytes.length);
  }

  /** Whether a data event can come. */
  get hasMessage(): boolean {
    if (this.#format === null) return this.#bytes.length > 0;
    return this.#first().kind === "message";
  }

  /** The names of the errors that the next bytes may, or must, lead to. */
  faults(how: "may" | "must"): readonly string[] {
    if (this.#format === null) return NONE;
    const found = this.#first();
    if (found.kind === "more") return this.#ended && !found.fine ? INCOMPLETE : NONE;
    if (found.kind === "message") return NONE;
    if (found.sure) return WRONG;
    if (this.#ended) return EITHER;
    return how === "may" ? WRONG : NONE;
  }

  /** Whether all is delivered, and nothing can follow. */
  get exhausted(): boolean {
    if (!this.#ended) return false;
    if (this.#format === null) return this.#bytes.length === 0;
    const found = this.#first();
    return found.kind === "more" && found.fine;
  }

  /** The app is told of a message, or without framing of as many bytes as it likes (M41). */
  deliver(bytes: Uint8Array): void {
    this.lost = false;
    if (this.#format === null) {
      must(bytes.length > 0, "data: never empty without framing");
      must(bytes.length <= this.#bytes.length, "data: more bytes than were received");
      must(this.#bytes.startWith(bytes), "data: other bytes than came");
      this.#advance(bytes.length);
      return;
    }
    const found = this.#first();
    must(found.kind === "message" && found.message !== null, "data: no message is complete");
    must(
      bytes.length === found.message.length && same(bytes, found.message, 0),
      "data: another message than came",
    );
    this.#advance(this.#ignored + found.size);
  }

  /** Nobody listens: whole messages are dropped, unframed bytes all. */
  dropMessages(): void {
    if (this.hasMessage) this.lost = true;
    if (this.#format === null) this.drop();
    for (let found = this.#first(); found.kind === "message"; found = this.#first()) {
      this.#advance(this.#ignored + found.size);
    }
    this.passOver();
  }

  /**
   * The engine has looked and found no message: what is to be ignored in front of the next one (empty
   * SLIP messages) is gone. Until then it belongs to whatever framing is set.
   */
  passOver(): void {
    if (this.#format !== null && this.#first().kind !== "message") this.#advance(this.#ignored);
  }

  /** What the bytes behind those to be ignored begin with. */
  #first(): Found {
    this.#found ??= this.#look();
    return this.#found;
  }

  #look(): Found {
    this.#ignored = 0;
    const format = this.#format;
    if (format === null) return { kind: "more", fine: true };
    for (;;) {
      const found = format.first(this.#bytes.view.subarray(this.#ignored), this.#ended);
      if (found.kind !== "message" || found.message !== null) return found;
      this.#ignored += found.size;
    }
  }

  #advance(size: number): void {
    this.#bytes.take(size);
    this.#ignored = 0;
    this.#found = null;
  }
}

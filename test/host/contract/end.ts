/**
 * One end of a connection under test: a sink that records, and the transport it belongs to.
 *
 * Checks at each report what holds for all of them (see `#report`), and lists what does not as the
 * stage's violations, so that every test of the contract checks it too.
 */
import type { Sink, TlsTarget, Transport } from "../../../host/transport.ts";
import type { Stage } from "./stage.ts";
import { Waiters } from "./waiters.ts";

type Report = "connected" | "secured" | "input" | "sent" | "ended" | "failed" | "closed";

export class End implements Sink {
  /** Set by whoever makes the end, before anything is reported. */
  transport!: Transport;
  /** Each kind of report so far, in the order of their first. */
  readonly log: Report[] = [];
  reason = 0;
  cause: unknown;
  written = 0;
  sentBytes = 0;
  /** How many bytes came in whole buffers; they may though nobody asks for it. */
  whole = 0;
  /** Called when bytes have been reported, once its bytes are in `input`. */
  oninput: (() => void) | undefined;
  /** Called within each `sent`. */
  onsent: (() => void) | undefined;
  readonly #stage: Stage;
  /** Whether `connected` is to come first. */
  readonly #connects: boolean;
  /** It has TLS, or is about to. */
  #secure: boolean;
  readonly #waiters = new Waiters();
  #chunks: Uint8Array[] = [];
  #inputBytes = 0;
  #paused: boolean;
  /** Bytes that came though paused. */
  #surplus = 0;
  #destroyed = false;
  /** Between `secure` and `secured`. */
  #securing = false;

  constructor(stage: Stage, { accepted, secure }: { accepted: boolean; secure: boolean }) {
    this.#stage = stage;
    this.#connects = !accepted || secure;
    this.#secure = secure;
    this.#paused = accepted;
  }

  get inputBytes(): number {
    return this.#inputBytes;
  }

  /** Everything received so far. */
  get input(): Uint8Array {
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Uint8Array;
  }

  until(met: () => boolean): Promise<void> {
    return this.#waiters.until(met);
  }

  /** Until a report of that kind has come. */
  seen(report: Report): Promise<void> {
    return this.until(() => this.log.includes(report));
  }

  /** Writes, and waits until all of it is sent. */
  write(...views: Uint8Array[]): Promise<void> {
    const bytes = views.reduce((sum, view) => sum + view.length, 0);
    this.written += bytes;
    this.#stage.call(() => this.transport.write(views, bytes));
    return this.until(() => this.sentBytes === this.written);
  }

  pause(): void {
    this.#stage.call(() => this.transport.pause());
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#surplus = 0;
    this.#stage.call(() => this.transport.resume());
  }

  /** Begins TLS; it is paused for that, and stays so. */
  secure(tls: TlsTarget): void {
    if (!this.#paused) this.pause();
    this.#securing = true;
    this.#secure = true;
    this.#stage.call(() => this.transport.secure(tls));
  }

  finish(): void {
    this.#stage.call(() => this.transport.finish());
  }

  destroy(): void {
    this.#stage.call(() => this.transport.destroy());
    this.#destroyed = true;
  }

  secured(): void {
    this.#report("secured");
    this.#securing = false;
  }

  connected(): void {
    this.#report("connected");
  }

  received(count: number): void {
    const { window } = this.#stage;
    if (count < 1 || count > window.length) this.#stage.violation(`received(${count})`);
    this.#take(window.slice(0, count));
  }

  receivedCopy(bytes: Uint8Array): void {
    if (bytes.length < 1) this.#stage.violation("receivedCopy of nothing");
    this.#take(bytes.slice());
  }

  get takesWhole(): boolean {
    return this.#stage.whole;
  }

  receivedWhole(bytes: Uint8Array): void {
    const { buffer, length } = bytes;
    if (length < 1 || length !== buffer.byteLength)
      this.#stage.violation("not a whole ArrayBuffer");
    this.whole += length;
    this.#take(bytes);
  }

  sent(count: number): void {
    this.sentBytes += count;
    if (count < 1 || this.sentBytes > this.written) this.#stage.violation(`sent(${count})`);
    this.#report("sent");
    this.onsent?.();
  }

  ended(): void {
    this.#report("ended");
  }

  failed(reason: number, cause: unknown): void {
    this.reason = reason;
    this.cause = cause;
    this.#report("failed");
  }

  closed(): void {
    this.#report("closed");
    this.#waiters.end(`closed after ${this.log.join(", ")}`);
  }

  #take(bytes: Uint8Array): void {
    if (this.#paused) this.#surplus += bytes.length;
    this.#chunks.push(bytes);
    this.#inputBytes += bytes.length;
    this.#report("input");
    this.oninput?.();
  }

  #report(report: Report): void {
    const wrong = this.#stage.inCall ? "within a call" : this.#wrong(report);
    if (wrong) this.#stage.violation(`${report} ${wrong}; log: ${this.log.join(", ")}`);
    if (!this.log.includes(report)) this.log.push(report);
    this.#waiters.look();
  }

  /** What transport.ts rules out, or "". */
  #wrong(report: Report): string {
    const { log } = this;
    if (log.includes("closed")) return "after closed";
    if (report === "closed" || report === "failed") return "";
    if (report === "connected" && !this.#connects) return "on an accepted connection";
    if (report === "connected" && log.length > 0) return "late or twice";
    const begun = !this.#connects || report === "connected" || log.includes("connected");
    // The peer's FIN in a handshake may be told as what it is: nothing came of it.
    const shaking = this.#securing || (this.#secure && !begun);
    if (report === "ended" && shaking && !log.includes("ended")) return "";
    if (!begun) return "before connected";
    if (report === "sent" || report === "connected") return "";
    if (log.includes("ended")) return "after ended";
    if (this.#destroyed) return "after destroy";
    if (report === "secured") return this.#securing ? "" : "without secure";
    if (this.#securing) return "in the handshake";
    if (!this.#paused) return "";
    const decrypted = this.#secure && report === "input";
    return decrypted && this.#surplus <= this.#stage.sizes.surplus ? "" : "while paused";
  }
}

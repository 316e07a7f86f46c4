/**
 * One end of a connection under test: a sink that records, and the transport it belongs to.
 *
 * Checks at each report what holds for all of them (see `#report`), and lists what does not as the
 * stage's violations, so that every test of the contract checks it too.
 */
import type { Sink, Transport } from "../../../host/transport.ts";
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
  /** Called within each `received` and `receivedCopy`, once its bytes are in `input`. */
  oninput: (() => void) | undefined;
  /** Called within each `sent`. */
  onsent: (() => void) | undefined;
  readonly #stage: Stage;
  readonly #client: boolean;
  readonly #waiters = new Waiters();
  #chunks: Uint8Array[] = [];
  #inputBytes = 0;
  #paused: boolean;
  #destroyed = false;

  constructor(stage: Stage, client: boolean) {
    this.#stage = stage;
    this.#client = client;
    this.#paused = !client;
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
    this.#stage.call(() => this.transport.resume());
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
    if (report === "connected" && !this.#client) return "on an accepted connection";
    if (report === "connected" && log.length > 0) return "late or twice";
    if (report !== "connected" && this.#client && log[0] !== "connected") return "before connected";
    if (report === "sent" || report === "connected") return "";
    if (log.includes("ended")) return "after ended";
    if (this.#destroyed) return "after destroy";
    return this.#paused ? "while paused" : "";
  }
}

/** A listener under test: a sink that records, and the ends of the connections it accepted. */
import type { Listener, ListenerSink, Sink, Transport } from "../../../host/transport.ts";
import { End } from "./end.ts";
import type { Stage } from "./stage.ts";
import { Waiters } from "./waiters.ts";

type Report = "listening" | "accepted" | "failed" | "closed";

export class Server implements ListenerSink {
  /** Set by whoever makes the server. */
  listener!: Listener;
  readonly log: Report[] = [];
  reason = 0;
  cause: unknown;
  /** What to do with a connection: read it (default), leave it paused, or turn it away. */
  answer: "resume" | "pause" | "refuse" = "resume";
  readonly #stage: Stage;
  readonly #secure: boolean;
  readonly #waiters = new Waiters();
  /** By their clients' ports. */
  readonly #ends = new Map<number, End>();

  /** `secure`: it has `tls`, and its connections are told when they are verified. */
  constructor(stage: Stage, secure: boolean) {
    this.#stage = stage;
    this.#secure = secure;
  }

  seen(report: Report): Promise<void> {
    return this.#waiters.until(() => this.log.includes(report));
  }

  /** The connection whose client has that port. */
  async accept(clientPort: number): Promise<End> {
    await this.#waiters.until(() => this.#ends.has(clientPort));
    return this.#ends.get(clientPort) as End;
  }

  /** The first connection. */
  async first(): Promise<End> {
    await this.#waiters.until(() => this.#ends.size > 0);
    return [...this.#ends.values()][0] as End;
  }

  close(): void {
    this.#stage.call(() => this.listener.close());
  }

  listening(): void {
    if (this.log.length > 0) this.#stage.violation(`listening after ${this.log.join(", ")}`);
    this.#report("listening");
  }

  accepted(transport: Transport): Sink | null {
    this.#report("accepted");
    if (this.answer === "refuse") return null;
    const end = new End(this.#stage, { accepted: true, secure: this.#secure });
    end.transport = transport;
    this.#ends.set(transport.addresses.remotePort, end);
    this.#stage.adopt(end);
    if (this.answer === "resume") end.resume();
    this.#waiters.look();
    return end;
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

  #report(report: Report): void {
    if (this.#stage.inCall) this.#stage.violation(`${report} within a call`);
    if (this.log.includes("closed")) this.#stage.violation(`${report} after closed`);
    this.log.push(report);
    this.#waiters.look();
  }
}

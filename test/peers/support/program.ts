/**
 * A peer program running in the foreground: its output, its end, and stopping it by its own pid.
 * A program that ends in failure while a test waits for something of it fails that wait.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { Digest, type Total } from "./digest.ts";

const STUBBORN_MILLISECONDS = 3_000;
/** Of what it prints, so much is kept to be searched. */
const KEPT_CHARS = 65_536;

export class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #output = new Digest();
  readonly #exited: Promise<unknown>;
  #lines = "";
  #complaints = "";

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn(path, args, { stdio: "pipe" });
    this.#child.stdout.on("data", (bytes: Buffer) => {
      this.#output.add(bytes);
      if (this.#lines.length < KEPT_CHARS) this.#lines += bytes.toString("latin1");
    });
    this.#child.stderr.on("data", (bytes: Buffer) => {
      this.#complaints += bytes;
    });
    this.#child.stdin.on("error", () => {}); // it may end before it has read everything
    this.#child.on("error", (error) => {
      this.#complaints += error.message;
    });
    // "close", not "exit": by then all output has been read.
    this.#exited = once(this.#child, "close").catch(() => {});
  }

  /** Gives it standard input, of which more may follow. */
  tell(bytes: Uint8Array | string): void {
    this.#child.stdin.write(bytes);
  }

  /** Gives it standard input, and that input's end. */
  feed(bytes: Uint8Array): void {
    this.#child.stdin.end(bytes);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What went wrong, as far as it says so itself. */
  get complaints(): string {
    const how = this.running ? "is running" : `ended (${this.#child.exitCode ?? "by a signal"})`;
    return `${this.#child.spawnfile} ${how}: ${this.#complaints || "no complaint"}`;
  }

  /** What it prints first that matches; it must print it before it ends. */
  async prints(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.#lines.match(pattern);
      if (match !== null) return match;
      if (!this.running) throw new Error(this.complaints);
      await Promise.race([once(this.#child.stdout, "data"), this.#exited]);
    }
  }

  /** Its standard output, once it has ended by itself and in success. */
  async output(): Promise<Total> {
    await this.#exited;
    if (this.#child.exitCode !== 0) throw new Error(this.complaints);
    return this.#output.total();
  }

  /** Ends it, by its pid. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const stubborn = setTimeout(() => this.#child.kill("SIGKILL"), STUBBORN_MILLISECONDS);
    await this.#exited;
    clearTimeout(stubborn);
  }
}

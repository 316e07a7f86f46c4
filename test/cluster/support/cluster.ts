/** Runs program.mjs: gives tasks to workers, waits for what they say, ends all of them. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServerSocketOptions } from "../../../bindings/index.ts";

const PROGRAM = fileURLToPath(new URL("./program.mjs", import.meta.url));

/** What a worker tells about its server; which fields there are depends on the step. */
export interface Said {
  readonly worker: number;
  readonly step: "constructed" | "listening" | "rejected" | "error" | "thrown";
  readonly localPort?: number;
  readonly name?: string;
  readonly code?: string;
  readonly causeCode?: string;
  /** Whether the error is a TCPSocketError. */
  readonly ours?: boolean;
}

export class Cluster {
  readonly #primary: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #said: Said[] = [];
  #workers = 0;
  #complaints = "";

  constructor() {
    this.#primary = fork(PROGRAM, { execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.#primary.on("message", (said) => this.#said.push(said as Said));
    this.#primary.stdout?.resume();
    this.#primary.stderr?.on("data", (text: Buffer) => {
      this.#complaints += text;
    });
    // Not "close": Node 20 does not emit it when it was the parent that disconnected.
    const { stdout, stderr } = this.#primary;
    const ends = [stdout, stderr].map((stream) => stream && once(stream, "close"));
    this.#closed = Promise.all([once(this.#primary, "exit"), ...ends]);
  }

  /** Has a new worker make a server. Returns the worker's number. */
  listen(port: number, options: ServerSocketOptions = {}): number {
    this.#primary.send({ port, options });
    this.#workers += 1;
    return this.#workers; // as node:cluster counts
  }

  /** What a worker says at a step. */
  async says(worker: number, step: Said["step"]): Promise<Said> {
    for (;;) {
      const said = this.#said.find((one) => one.worker === worker && one.step === step);
      if (said !== undefined) return said;
      if (!this.#primary.connected) throw new Error(`the cluster ended: ${this.#complaints}`);
      await Promise.race([once(this.#primary, "message"), this.#closed]);
    }
  }

  /** The steps a worker has told of so far. */
  steps(worker: number): Said["step"][] {
    return this.#said.filter((one) => one.worker === worker).map(({ step }) => step);
  }

  /** Ends primary and workers. They share its output, which closes with the last of them. */
  async end(): Promise<void> {
    if (this.#primary.connected) this.#primary.disconnect();
    await this.#closed;
  }
}

/**
 * Our hold on the program in peer.mjs: starts it, passes orders, waits for its answers, stops it.
 * An answer that cannot come any more (it failed or it is gone) is an error, not a long wait.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export class PeerProgram {
  #child = fork(fileURLToPath(new URL("./peer.mjs", import.meta.url)));
  #gone;
  #answers = [];
  #waiting;

  constructor() {
    this.#gone = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("exit", (code, signal) => resolve(signal ?? code));
    });
    this.#gone.then((how) => this.#answer({ failure: `it is gone (${how})` }));
    this.#child.on("message", (answer) => this.#answer(answer));
  }

  /** The port it now listens on, for one connection; with TLS if it is given a certificate. */
  async serve(bytes, credentials) {
    this.#child.send({ serve: { bytes, credentials } });
    return (await this.#next()).port;
  }

  /** Makes it connect to a port of ours. */
  dial(port, bytes) {
    this.#child.send({ dial: { port, bytes } });
  }

  /** Its end of the connection, once that is closed. */
  async end() {
    return (await this.#next()).end;
  }

  /** Lets it go by itself; true if that was without complaint. */
  async stop() {
    if (this.#child.connected) this.#child.disconnect();
    return (await this.#gone) === 0;
  }

  /** For when there is no time to be polite. */
  kill() {
    this.#child.kill("SIGKILL");
  }

  #answer(answer) {
    this.#answers.push(answer);
    this.#waiting?.();
  }

  async #next() {
    while (this.#answers.length === 0) {
      await new Promise((resolve) => {
        this.#waiting = resolve;
      });
    }
    const answer = this.#answers.shift();
    if (answer.failure) throw new Error(`the plain node:net program: ${answer.failure}`);
    return answer;
  }
}

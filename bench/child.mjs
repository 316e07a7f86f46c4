/**
 * The parent's end of side.mjs: starts the process, calls it, stops it. One call at a time, each
 * within a deadline; a process that dies or falls silent fails the call. None outlives the parent.
 */
import { fork } from "node:child_process";

const CALL_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 5_000;

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export class Child {
  #process;
  #name;

  /**
   * @param name what messages call it
   * @param side the arguments of side.mjs
   * @param options of fork(): `execArgv`, `execPath`, `env`
   */
  constructor(name, side, options) {
    this.#name = name;
    this.#process = fork(new URL("side.mjs", import.meta.url), side, options);
    running.add(this.#process);
    this.#process.once("exit", () => running.delete(this.#process));
  }

  /** Has the process do something; resolves with what it answers. */
  call(action, ...args) {
    return new Promise((resolve, reject) => {
      const settle = (then, value) => {
        clearTimeout(deadline);
        this.#process.off("exit", died).off("message", answered);
        then(value);
      };
      const answered = ({ result }) => settle(resolve, result);
      const died = (code, signal) => {
        settle(reject, new Error(`${this.#name}: ended with ${signal ?? `code ${code}`}`));
      };
      const late = () => {
        settle(reject, new Error(`${this.#name}: no answer in ${CALL_MILLISECONDS / 1000} s`));
      };
      const deadline = setTimeout(late, CALL_MILLISECONDS);
      this.#process.once("exit", died).once("message", answered);
      this.#process.send({ action, args }, (error) => error && settle(reject, error));
    });
  }

  /** Lets it end by itself, so that it can write its profile. */
  stop() {
    return new Promise((resolve) => {
      if (!running.has(this.#process)) return resolve();
      const deadline = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MILLISECONDS);
      this.#process.once("exit", () => {
        clearTimeout(deadline);
        resolve();
      });
      this.#process.disconnect();
    });
  }
}

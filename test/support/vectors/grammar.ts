/**
 * What holds for whatever a socket says, in any script: at most one error, right before the one
 * close, and nothing after it (M33, M34, M46).
 */
import type { Said } from "./shim.ts";

export class Grammar {
  readonly #words = new Map<string, string[]>();

  add(socket: string, { ev }: Said): void {
    if (ev === "messages") return; // the end of a record, nothing that is said
    const words = this.#words.get(socket) ?? [];
    this.#words.set(socket, words);
    words.push(ev);
  }

  /** Once every socket has ended. */
  faults(): string[] {
    return [...this.#words].flatMap(([socket, words]) => {
      const events = words.filter((word) => word !== "tx");
      const count = (word: string): number => events.filter((event) => event === word).length;
      const faults: string[] = [];
      if (count("close") !== 1) faults.push(`${socket} closed ${count("close")} times`);
      if (words.at(-1) !== "close") faults.push(`${socket} said ${words.at(-1)} last`);
      if (count("error") > 1) faults.push(`${socket} failed ${count("error")} times`);
      if (count("error") === 1 && events.at(-2) !== "error") faults.push(`${socket} failed early`);
      return faults;
    });
  }
}

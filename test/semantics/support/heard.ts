/** Messages as a handler of the test's own notes them, in order, and a wait for so many. */
import { text } from "./bytes.ts";
import { Signal } from "./signal.ts";

export class Heard {
  /** One char per byte. */
  readonly messages: string[] = [];
  readonly #signal = new Signal();

  add(message: string | Uint8Array): void {
    this.messages.push(typeof message === "string" ? message : text(message));
    this.#signal.changed();
  }

  /** Waits for that many since the start. */
  count(count: number): Promise<void> {
    return this.until(`${count} messages`, () => this.messages.length >= count);
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return this.#signal.until(what, () => JSON.stringify(this.messages).slice(0, 500), condition);
  }
}

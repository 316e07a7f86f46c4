/**
 * The `for await` loop of one socket, driven by hand: when it asks for more, what it gets, how it ends.
 *
 * What the engine hands over is told to the model at that moment, for the loop itself hears it only in
 * a microtask, behind whatever else that turn brings. Then both must be the same.
 */
import type { TCPSocket } from "../../bindings/index.ts";
import type { Actor } from "./actor.ts";
import { same } from "./model/bytes.ts";
import { must } from "./model.ts";
import { bytesOf, type Data } from "./said.ts";

type Iterator = AsyncIterableIterator<Data> & { push(item: Data): void };

export class Puller {
  readonly #actor: Actor;
  #iterator: Iterator | null = null;
  #waiting = false;
  #left = false;
  #over = false;
  /** Handed over, and not yet come out. */
  #handed: Data | null = null;
  /** Asks for more and more: no more faults. */
  greedy = false;

  constructor(actor: Actor) {
    this.#actor = actor;
  }

  /** The loop is there: it alone takes the data, from now on. */
  get active(): boolean {
    return this.#iterator !== null;
  }

  begin(socket: TCPSocket): void {
    const iterator = socket[Symbol.asyncIterator]() as Iterator;
    const { push } = iterator;
    iterator.push = (item) => {
      must(this.#waiting && this.#handed === null, "iterator: nobody asked");
      this.#handed = item;
      this.#actor.handed(bytesOf(item));
      push.call(iterator, item);
    };
    this.#iterator = iterator;
  }

  /** Asks for one more, unless it does already. */
  pull(): void {
    if (this.#iterator === null || this.#waiting || this.#over) return;
    this.#waiting = true;
    this.#actor.wants(true);
    this.#iterator.next().then(
      ({ done, value }) => (done ? this.#end(null) : this.#got(value)),
      (error: Error) => this.#end(error.name),
    );
  }

  /** `break`: the socket is closed. */
  leave(): void {
    if (this.#iterator === null || this.#left) return;
    this.#left = !this.#actor.model.over || !this.#waiting; // or it has been told why
    this.#actor.leaves(() => void this.#iterator?.return?.());
  }

  /** When all is over: somebody who waits has been told. */
  compare(): void {
    must(!this.#waiting, "iterator: waits for ever");
  }

  #got(item: Data): void {
    must(this.#handed !== null, "iterator: something nobody handed over");
    const [bytes, expected] = [bytesOf(item), bytesOf(this.#handed)];
    must(bytes.length === expected.length && same(bytes, expected, 0), "iterator: other bytes");
    this.#handed = null;
    this.#waiting = false;
    this.#actor.goesOn();
    if (this.greedy) this.pull();
  }

  #end(failure: string | null): void {
    const expected = this.#left ? null : this.#actor.model.ending;
    if (failure !== expected) must(false, `iterator: ended by ${failure}, not ${expected}`);
    this.#waiting = false;
    this.#over = true;
    this.#actor.goesOn();
  }
}

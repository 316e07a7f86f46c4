/**
 * Who consumes the data of a socket that is read by pulling: an iterator, or listeners to come.
 *
 * Other sockets have no Consumer: theirs goes to listeners or is dropped, as Mozilla does. A
 * pull-style socket keeps its first data instead. An active iterator is the only consumer, and claims
 * data only while somebody waits. The claim itself is the core's (`claim`): nothing is buffered here.
 */
import { PullIterator } from "./pull-iterator.ts";
import type { Seat } from "./seat.ts";

const TYPES: readonly string[] = ["data", "messages"];

/** The pulling side of one socket. */
export class Consumer {
  readonly #seat: Seat;
  readonly #listens: (type: string) => boolean;
  #iterator: PullIterator<unknown> | undefined;
  /** Data waits for a consumer instead of being dropped. */
  #pull = false;
  #over = false;

  constructor(seat: Seat, listens: (type: string) => boolean) {
    this.#seat = seat;
    this.#listens = listens;
  }

  /** Data is to wait from now on until somebody wants it. */
  pull(): void {
    this.#pull = true;
    this.changed("data");
  }

  /** @throws InvalidStateError for a listener beside an active iterator */
  admit(type: string): void {
    if (this.#iterator === undefined || this.#over || !TYPES.includes(type)) return;
    throw new DOMException("an iterator consumes this socket's data", "InvalidStateError");
  }

  /** Listeners or handlers have changed. */
  changed(type: string): void {
    if (this.#pull && this.#iterator === undefined && TYPES.includes(type)) {
      this.#claim(TYPES.some(this.#listens));
    }
  }

  /** @throws InvalidStateError if there is a consumer already */
  iterate(left: () => void): PullIterator<unknown> {
    if (this.#iterator !== undefined || TYPES.some(this.#listens)) {
      throw new DOMException("this socket's data has a consumer already", "InvalidStateError");
    }
    const iterator = new PullIterator({ wanted: (waiting) => this.#claim(waiting), left });
    this.#iterator = iterator;
    this.#claim(false);
    return iterator;
  }

  /** Whether an iterator takes the data. */
  get iterates(): boolean {
    return this.#iterator !== undefined;
  }

  /** Gives data to the iterator. */
  push(data: unknown): void {
    this.#iterator?.push(data);
  }

  /** Nothing more comes; `reason` is why, if it was not a clean close. */
  end(reason: unknown): void {
    this.#over = true;
    this.#iterator?.end(reason);
  }

  #claim(wanted: boolean): void {
    const { driver, handle } = this.#seat.channel;
    driver.core.call.claim(handle, wanted ? 1 : 0);
    driver.schedule();
  }
}

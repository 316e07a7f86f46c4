/**
 * Who consumes a socket's data: listeners and handlers, an iterator, or nobody.
 *
 * Without a consumer data is dropped, as Mozilla does; a pull-style socket keeps the first of it
 * instead. An active iterator is the only consumer, and claims data only while somebody waits. The
 * claim itself is the core's (`claim`): nothing is buffered here.
 */
import { lendMessages, receivedData } from "./delivery.ts";
import { fire, TCPSocketEvent } from "./events.ts";
import { PullIterator } from "./pull-iterator.ts";
import type { Seat } from "./seat.ts";

const TYPES: readonly string[] = ["data", "messages"];

export class Consumer {
  readonly #target: EventTarget;
  readonly #seat: Seat;
  readonly #listens: (type: string) => boolean;
  #iterator: PullIterator<unknown> | undefined;
  /** Data waits for a consumer instead of being dropped. */
  #pull = false;
  #over = false;

  constructor(target: EventTarget, seat: Seat, listens: (type: string) => boolean) {
    this.#target = target;
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

  deliver(address: number, length: number): void {
    const { channel, binaryType, checks } = this.#seat;
    const { driver } = channel;
    if (this.#iterator !== undefined) {
      this.#iterator.push(receivedData(driver, binaryType, address, length));
    } else if (this.#listens("messages")) {
      lendMessages(this.#target, driver, address, length, checks);
    } else if (this.#listens("data")) {
      const data = receivedData(driver, binaryType, address, length);
      fire(this.#target, new TCPSocketEvent("data", { data }));
    }
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

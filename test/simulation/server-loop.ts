/**
 * The `for await` loop of one server, driven by hand: when it asks for a socket, which it gets, how it ends.
 *
 * Sockets are heard of when the engine hands them over; the app has them only when it takes them, and until
 * then they are suspended. As with puller.ts the loop itself hears of it in a microtask.
 */
import type { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import type { Actor } from "./actor.ts";
import { type ModelListener, must } from "./model.ts";
import type { Schedule } from "./schedule.ts";

type Iterator = AsyncIterableIterator<TCPSocket> & { push(socket: TCPSocket): void };

/** What a loop asks of its server. */
export interface LoopOwner {
  readonly name: string;
  readonly model: ModelListener;
  /** A socket was handed over: it is known from now on. */
  arrives(socket: TCPSocket): Actor;
}

export class ServerLoop {
  readonly #schedule: Schedule;
  readonly #owner: LoopOwner;
  readonly #iterator: Iterator;
  /** Handed over, and not taken. */
  readonly #queue: Actor[] = [];
  /** Taken, and not yet come out. */
  #coming: Actor | null = null;
  #waiting = false;
  #left = false;
  #over = false;

  constructor(schedule: Schedule, owner: LoopOwner, server: TCPServerSocket) {
    this.#schedule = schedule;
    this.#owner = owner;
    const iterator = server[Symbol.asyncIterator]() as Iterator;
    const { push } = iterator;
    iterator.push = (socket) => {
      const actor = owner.arrives(socket);
      if (this.#waiting && this.#coming === null) this.#take(actor);
      else this.#queue.push(actor);
      push.call(iterator, socket);
    };
    this.#iterator = iterator;
  }

  /** Asks for one more, unless it does already. */
  pull(): void {
    if (this.#waiting || this.#over) return;
    this.#waiting = true;
    const first = this.#queue.shift();
    if (first !== undefined) this.#take(first);
    this.#call("next", () => {
      this.#iterator.next().then(
        ({ done, value }) => (done ? this.#end(null) : this.#got(value)),
        (error: Error) => this.#end(error.name),
      );
    });
  }

  /** `break`: closes the server and the sockets that were not taken. */
  leave(): void {
    if (this.#left) return;
    this.#schedule.log?.({ call: "leave", s: this.#owner.name });
    this.#left = true;
    this.#owner.model.close();
    for (const { model } of this.#queue.splice(0)) model.closeImmediately();
    this.#call("return", () => void this.#iterator.return?.());
  }

  /** When all is over: somebody who waits has been told, and nobody is left. */
  compare(): void {
    const { name } = this.#owner;
    must(!this.#waiting, `${name}: its loop waits for ever`);
    must(this.#queue.length === 0, `${name}: its loop has left somebody behind`);
  }

  /** The engine lets go of it for the loop. */
  #take(actor: Actor): void {
    this.#coming = actor;
    actor.model.resume(this.#schedule.now);
  }

  #got(socket: TCPSocket): void {
    const actor = this.#coming;
    must(
      actor?.socket === socket,
      `${this.#owner.name}: its loop gets another socket than was next`,
    );
    this.#coming = null;
    this.#waiting = false;
    actor.handedOut();
    if (this.#schedule.calm || this.#schedule.choices.chance(50)) this.pull();
  }

  #end(failure: string | null): void {
    const { model, name } = this.#owner;
    const expected = this.#left || this.#over ? [null] : model.endings;
    must(model.closed, `${name}: its loop ends, but it listens`);
    must(expected.includes(failure), `${name}: its loop ends by ${failure}, not ${expected}`);
    this.#waiting = false;
    this.#over = true;
    this.#schedule.wentOn = true;
  }

  #call(name: string, call: () => void): void {
    const before = this.#schedule.calling;
    this.#schedule.calling = name;
    call();
    this.#schedule.calling = before;
  }
}

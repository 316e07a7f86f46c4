/**
 * The room behind the last payload of a socket, as the core shows it: what fits is sent by writing it there.
 *
 * The core is told of several such payloads at once, by one `commit` before whatever else it is asked
 * (guard.ts sees to that), so nobody can tell. That each would have been answered with 1 is what makes it
 * room: its end is where the block ends, the high-water mark is reached, or maxBufferedAmount.
 */
import { CONTROL_ROOM, CONTROL_ROOM_END, CONTROL_ROOM_SOCKET } from "../assembly/abi.ts";

const NO_ROOM = new Uint8Array(0);

/** The room of an instance; at any time it is one socket's, or nobody's. */
export class Room {
  /** Bytes in it that the core has not been told of. */
  pending = 0;
  /** Bytes it has been told of, ever; a float from the first, as a field that becomes one slows all down. */
  readonly #told = new Float64Array(1);
  readonly #words: Uint32Array<ArrayBuffer>;
  /** Index of the control block in the words. */
  readonly #control: number;
  #view = NO_ROOM;
  #from = 0;
  #end = 0;

  constructor(words: Uint32Array<ArrayBuffer>, control: number) {
    this.#words = words;
    this.#control = control;
  }

  /** Bytes that were put into it, ever. */
  get copied(): number {
    return (this.#told[0] as number) + this.pending;
  }

  /** Where `length` more bytes of this socket's are to be written; 0 if they may not be. */
  place(handle: number, length: number): number {
    const words = this.#words;
    const control = this.#control;
    if (words[control + CONTROL_ROOM_SOCKET] !== handle) return 0;
    const at = (words[control + CONTROL_ROOM] as number) + this.pending;
    return length <= (words[control + CONTROL_ROOM_END] as number) - at ? at : 0;
  }

  /**
   * Writes bytes where they have their place: never behind the room's end, though memory that is shared
   * should grow meanwhile. The view is made once a block; to look at the payload's buffer would make one
   * for many a payload.
   */
  put(payload: Uint8Array, at: number): void {
    const end = this.#words[this.#control + CONTROL_ROOM_END] as number;
    if (this.#end !== end || at < this.#from) {
      this.#view = new Uint8Array(this.#words.buffer, at, end - at);
      this.#from = at;
      this.#end = end;
    }
    this.#view.set(payload, at - this.#from);
  }

  /** Tells the core of what was put in. */
  settle(commit: (handle: number, length: number) => number): void {
    const { pending } = this;
    this.#told[0] = this.copied;
    this.pending = 0;
    commit(this.#words[this.#control + CONTROL_ROOM_SOCKET] as number, pending);
  }

  /** The core has trapped: there is no room any more. */
  end(): void {
    this.#told[0] = this.copied;
    this.pending = 0;
    this.#words[this.#control + CONTROL_ROOM_SOCKET] = 0;
  }
}

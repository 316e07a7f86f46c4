/**
 * What a socket receives: who takes it, and how it is cut into messages.
 *
 * Stands between the attributes and the commands of TCPSocket. The rules are the core's; here is only
 * who listens at present: an iterator, `messages`, `data`, or nobody.
 */
import { EVENT_DATA } from "../assembly/abi.ts";
import { Consumer } from "./consumer.ts";
import { deliverBatch, deliverData, type Outlet, type Taker } from "./delivery.ts";
import { checkFraming, type FramingLike } from "./framing.ts";
import { listens } from "./listening-target.ts";
import { checkFits, setFraming } from "./set-framing.ts";
import { SocketAttributes, seatOf } from "./socket-attributes.ts";

let consumerOf: (socket: SocketData) => Consumer;
let outlet: Outlet;
let end: (socket: SocketData, reason: unknown) => void;

/** The receiving half of a socket. */
export class SocketData extends SocketAttributes {
  /** Made when first needed: most sockets need none. */
  #consumer: Consumer | undefined;

  static {
    consumerOf = (socket) => {
      socket.#consumer ??= new Consumer(seatOf(socket), (type) => listens(socket, type));
      return socket.#consumer;
    };
    outlet = {
      taker: (socket) => SocketData.#taker(socket as SocketData),
      push: (socket, data) => (socket as SocketData).#consumer?.push(data),
    };
    end = (socket, reason) => socket.#consumer?.end(reason);
  }

  /**
   * Cuts what was received and not yet delivered, and all that comes, as `framing` says; null for not
   * at all. Sends are framed the same from now on. In a `data` handler it takes effect behind that
   * message, in a `messages` handler behind the batch, or where `stopAfter` says.
   * @throws TypeError for what is no framing
   * @throws RangeError if maxMessageBytes is above a quarter of engine memory
   *
   * @example
   * ```js
   * const socket = new TCPSocket("localhost", port, { framing: framing.lines() });
   * socket.onopen = () => {
   *   socket.send("{4}");
   *   socket.setFraming(framing.fixed(4));
   *   socket.send("a\r\nb");
   * };
   * socket.onclose = () => console.log(socket.bytesSent); // 9
   * socket.ondata = () => socket.close();
   * ```
   */
  setFraming(framing: FramingLike | null): void {
    const seat = seatOf(this);
    const checked = framing === null ? null : checkFraming(framing);
    checkFits(seat.driver, checked);
    setFraming(seat, checked);
    seat.framing = checked;
    seat.driver.schedule();
  }

  protected override admit(type: string): void {
    this.#consumer?.admit(type);
  }

  protected override changed(type: string): void {
    this.#consumer?.changed(type);
  }

  static #taker(socket: SocketData): Taker {
    if (socket.#consumer?.iterates === true) return "iterator";
    if (listens(socket, "messages")) return "messages";
    return listens(socket, "data") ? "data" : undefined;
  }
}

/** The pulling side of a socket. */
export function consume(socket: SocketData): Consumer {
  return consumerOf(socket);
}

/** Hands out what a record of the core announces: `data`, or a batch of `messages`. */
export function deliver(socket: SocketData, kind: number, a: number, b: number): void {
  const how = kind === EVENT_DATA ? deliverData : deliverBatch;
  how(outlet, socket, seatOf(socket), a, b);
}

/** Nothing more comes; `reason` is why, if it was not a clean close. */
export function endData(socket: SocketData, reason: unknown): void {
  end(socket, reason);
}

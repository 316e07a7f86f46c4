/**
 * `sansock/mozilla`: the strict profile. It converts arguments as the WebIDL of Mozilla's TCPSocket
 * says, to the letter (M10, M12, M64-M68, M111-M113), and offers the older ways in (M7, M13, M116).
 *
 * Owns conversions only: no state, no rule, nothing below the public API. Invariant: what reaches
 * `sansock` is already of the type it asks for, and every socket that comes out of here is strict.
 */
import {
  Engine,
  TCPServerSocket as Server,
  TCPServerSocketEvent,
  TCPSocket as Socket,
} from "./index.ts";

/** Options of a strict server: Mozilla's, and one for tests. Others are ignored (M12, M111). */
export interface ServerSocketOptions {
  /** What `data` events carry. Default `"string"`; other values are a TypeError. */
  binaryType?: "string" | "arraybuffer";
  /** Not Mozilla's: the engine to use. Ignored unless it is an Engine. */
  engine?: Engine;
}

/** Options of a strict socket: Mozilla's, an older name, and one for tests. */
export interface SocketOptions extends ServerSocketOptions {
  /** TLS from the first byte. Any value, taken as a boolean. */
  useSecureTransport?: boolean;
  /** Its name of 2012; counts where useSecureTransport is not given (M13). */
  useSSL?: boolean;
}

type SocketArguments = [host: string, port: number | string, options?: SocketOptions | null];
type ServerArguments = [
  port: number | string,
  options?: ServerSocketOptions | null,
  backlog?: number,
];
type SendArguments = [data: string | ArrayBuffer, byteOffset?: number, byteLength?: number];

/** A TCP connection that takes its arguments as Mozilla's does. */
export class TCPSocket extends Socket {
  /**
   * Starts to connect. The host may be anything, it becomes a string; the port becomes a number
   * modulo 65536: `"8105"` is 8105, -1 is 65535, NaN is 0 (M10).
   * @throws TypeError without host and port, or for an option that cannot be converted
   */
  constructor(...given: SocketArguments) {
    const [host, port, options] = needed("TCPSocket", given, 2);
    super(`${host}`, unsignedShort(port), socketOptions(options));
  }

  /** The same as the constructor (M7). */
  static override open(...given: SocketArguments): TCPSocket {
    return new TCPSocket(...given);
  }

  /** The same as `new TCPServerSocket` (M7). */
  static override listen(...given: ServerArguments): TCPServerSocket {
    return new TCPServerSocket(...given);
  }

  /**
   * Sends an ArrayBuffer as bytes, anything else as what it is as a string, typed arrays included
   * (M64, M65). Offset and length count in an ArrayBuffer only: modulo 2^32, then clamped (M68).
   * @returns false when bufferedAmount is now above 65536: wait for `drain` (M70)
   * @throws TypeError for a char above U+00FF, also when the state would forbid to send (M66)
   * @throws InvalidStateError unless open
   */
  override send(...given: SendArguments): boolean {
    const [data, byteOffset, byteLength] = needed("send()", given, 1);
    if (!isArrayBuffer(data)) return super.send(byteString(data));
    const offset = unsignedLong(byteOffset ?? 0);
    return super.send(data, offset, byteLength === undefined ? undefined : unsignedLong(byteLength));
  }
}

/** A listening socket that takes its arguments as Mozilla's does, and accepts strict sockets. */
export class TCPServerSocket extends Server {
  /**
   * Listens on all interfaces. Port and backlog become numbers modulo 65536 (M112, M113).
   * @throws TypeError without a port, or for an option that cannot be converted
   * @throws NetworkError (DOMException) if the port cannot be had
   */
  constructor(...given: ServerArguments) {
    const [port, options, backlog] = needed("TCPServerSocket", given, 1);
    super(unsignedShort(port), serverOptions(options), unsignedShort(backlog ?? 0));
  }

  /**
   * As every EventTarget's. Connections pass here, and become strict before anybody sees them: a
   * listener of our own would count as somebody who wants them (M117). Their events get `data`, the
   * socket once more, as callbacks of the JS era read it (M116).
   */
  override dispatchEvent(event: Event): boolean {
    if (event instanceof TCPServerSocketEvent && event.isTrusted && event.socket !== null) {
      Object.defineProperty(event, "data", { value: strict(event.socket), enumerable: true });
    }
    return super.dispatchEvent(event);
  }

  /** As in `sansock`; the sockets are strict. */
  override [Symbol.asyncIterator](): AsyncIterableIterator<TCPSocket> {
    const sockets = super[Symbol.asyncIterator]();
    const next = sockets.next.bind(sockets);
    sockets.next = async () => {
      const result = await next();
      return result.done ? result : { done: false, value: strict(result.value) };
    };
    return sockets as AsyncIterableIterator<TCPSocket>;
  }
}

/** What `navigator.mozTCPSocket` was: `open` and `listen` make strict sockets and servers (M7). */
export const mozTCPSocket: Pick<typeof TCPSocket, "open" | "listen"> = {
  open: TCPSocket.open,
  listen: TCPSocket.listen,
};

/**
 * Gives `navigator`, or the object passed, the property `mozTCPSocket`. Again changes nothing.
 * @returns mozTCPSocket
 * @throws TypeError if there is no navigator, as in Node 20, and none was passed
 */
export function install(navigator: object = globalThis.navigator): typeof mozTCPSocket {
  if (Object(navigator) !== navigator) {
    throw new TypeError("install(): there is no navigator; pass the object to give mozTCPSocket to");
  }
  const attribute = { value: mozTCPSocket, enumerable: true, configurable: true };
  Object.defineProperty(navigator, "mozTCPSocket", attribute);
  return mozTCPSocket;
}

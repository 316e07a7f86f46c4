/**
 * `sansock/mozilla`: the strict profile. Converts arguments as Mozilla's WebIDL says, to the letter
 * (M10, M12, M64-M68, M111-M113), and offers the older ways in (M7, M13, M116). Owns no state, no
 * rule, and nothing below the public API. Invariant: `sansock` gets nothing it would have to convert,
 * and every socket that comes from here is a strict one.
 */
import {
  Engine,
  TCPServerSocket as Server,
  TCPSocket as Socket,
  TCPServerSocketEvent,
} from "./index.ts";
import * as idl from "./webidl.ts";

/** Options of a strict server; what else the object has is ignored (M12, M111). */
export interface ServerSocketOptions {
  /** What `data` events carry. Default `"string"`; anything else is a TypeError. */
  binaryType?: "string" | "arraybuffer";
  /** Not Mozilla's, for tests: the engine to use. Ignored if it is not an Engine. */
  engine?: Engine;
}

/** Options of a strict socket; what else the object has is ignored (M12). */
export interface SocketOptions extends ServerSocketOptions {
  /** TLS from the first byte: any value, as a boolean. */
  useSecureTransport?: boolean;
  /** Its name of 2012; counts if useSecureTransport is not given (M13). */
  useSSL?: boolean;
}

type Open = [host: string, port: number | string, options?: SocketOptions];
type Listen = [port: number | string, options?: ServerSocketOptions, backlog?: number];
type Send = [data: string | ArrayBuffer, byteOffset?: number, byteLength?: number];

/** A TCP connection that takes arguments as Mozilla's does. */
export class TCPSocket extends Socket {
  /**
   * Starts to connect. The host becomes a string and the port a number modulo 65536, whatever they
   * are: `"8105"` is 8105, -1 is 65535, NaN is 0 (M10).
   * @throws TypeError without host and port, or for an option that cannot be converted
   */
  constructor(...given: Open) {
    const [host, port, options] = idl.needed("TCPSocket", given, 2);
    super(idl.domString(host), idl.unsignedShort(port), socketOptions(options));
  }

  /** The same as the constructor (M7). */
  static override open(...given: Open): TCPSocket {
    return open(...given);
  }

  /** The same as `new TCPServerSocket` (M7). */
  static override listen(...given: Listen): TCPServerSocket {
    return listen(...given);
  }

  /**
   * Sends an ArrayBuffer as bytes, all else as the string it becomes, typed arrays too (M64, M65).
   * Offset and length count for an ArrayBuffer only: modulo 2^32, then clamped (M68).
   * @returns false when bufferedAmount is now above 65536: wait for `drain` (M70)
   * @throws TypeError for a char above U+00FF, in every state (M66)
   * @throws InvalidStateError unless open
   */
  override send(...given: Send): boolean {
    const [data, byteOffset = 0, byteLength] = idl.needed("send()", given, 1);
    if (!idl.isArrayBuffer(data)) return super.send(idl.byteString(data));
    const offset = idl.unsignedLong(byteOffset);
    const length = byteLength === undefined ? byteLength : idl.unsignedLong(byteLength);
    return super.send(data, offset, length);
  }

  /**
   * TLS from here on, with the listener's certificate if it is an accepted socket (M102-M110). How the
   * handshake goes, only `error` tells.
   * @throws InvalidStateError unless open
   */
  // biome-ignore lint/suspicious/noExplicitAny: it gives undefined where its base gives a promise
  override upgradeToSecure(): any {
    super.upgradeToSecure();
  }
}

/** A listening socket that takes arguments as Mozilla's does, and accepts strict sockets. */
export class TCPServerSocket extends Server {
  /**
   * Listens on all interfaces. Port and backlog become numbers modulo 65536 (M112, M113).
   * @throws TypeError without a port, or for an option that cannot be converted
   * @throws NetworkError (DOMException) if the port cannot be had
   */
  constructor(...given: Listen) {
    const [port, options, backlog = 0] = idl.needed("TCPServerSocket", given, 1);
    super(idl.unsignedShort(port), serverOptions(options), idl.unsignedShort(backlog));
  }

  /**
   * Makes sockets strict on their way to `connect`: a listener of our own would count as somebody
   * who wants them (M117). Gives the event `data` as well, for callbacks of the JS era (M116).
   */
  override dispatchEvent(event: Event): boolean {
    if (event instanceof TCPServerSocketEvent && isTrusted(event) && event.socket) {
      Object.defineProperty(event, "data", { value: strict(event.socket), enumerable: true });
    }
    return super.dispatchEvent(event);
  }

  /** As in `sansock`, with strict sockets. */
  override [Symbol.asyncIterator](): AsyncIterableIterator<TCPSocket> {
    const sockets = super[Symbol.asyncIterator]();
    const next = sockets.next.bind(sockets);
    sockets.next = async () => {
      const { done, value } = await next();
      return done ? { done, value } : { done: false, value: strict(value) };
    };
    return sockets as AsyncIterableIterator<TCPSocket>;
  }
}

/**
 * What `navigator.mozTCPSocket` was: makes strict sockets and servers (M7).
 *
 * @example
 * ```js
 * import { mozTCPSocket } from "sansock/mozilla";
 *
 * const socket = mozTCPSocket.open("localhost", String(port), { binaryType: "arraybuffer" });
 * socket.onopen = () => socket.send("hello");
 * socket.ondata = ({ data }) => {
 *   console.log(data.byteLength); // 5
 *   socket.close();
 * };
 * ```
 */
export const mozTCPSocket: Pick<typeof TCPSocket, "open" | "listen"> = { open, listen };

/**
 * Gives `navigator`, or the object passed, the property `mozTCPSocket`, and returns its value.
 * @throws TypeError if there is no navigator, as in Node 20, and none was passed
 *
 * @example
 * ```js
 * import { install, mozTCPSocket } from "sansock/mozilla";
 *
 * const navigator = {}; // or nothing, where there is a global one
 * console.log(install(navigator) === mozTCPSocket); // true
 * console.log(navigator.mozTCPSocket === mozTCPSocket); // true
 * ```
 */
export function install(navigator: object = globalThis.navigator): typeof mozTCPSocket {
  if (Object(navigator) !== navigator) {
    throw new TypeError("install(): no navigator here; pass the object that gets mozTCPSocket");
  }
  const attribute = { value: mozTCPSocket, enumerable: true, configurable: true };
  Object.defineProperty(navigator, "mozTCPSocket", attribute);
  return mozTCPSocket;
}

function open(...given: Open): TCPSocket {
  return new TCPSocket(...given);
}

function listen(...given: Listen): TCPServerSocket {
  return new TCPServerSocket(...given);
}

/** By our own getter: where the platform keeps a property in each event (Bun), that knows of no trust. */
function isTrusted(event: TCPServerSocketEvent): boolean {
  return Reflect.get(TCPServerSocketEvent.prototype, "isTrusted", event);
}

/** An accepted socket; it has no state of its own here that a constructor would have to make. */
function strict(socket: Socket): TCPSocket {
  return Object.setPrototypeOf(socket, TCPSocket.prototype);
}

/** Members are read in the order of their names, as WebIDL does. */
function serverOptions(given: unknown): ServerSocketOptions {
  const { binaryType = "string", engine } = idl.dictionary(given);
  return {
    binaryType: idl.enumeration("binaryType", binaryType, ["string", "arraybuffer"]),
    engine: engine instanceof Engine ? engine : undefined,
  };
}

function socketOptions(given: unknown): SocketOptions {
  const common = serverOptions(given);
  const { useSSL, useSecureTransport = useSSL } = idl.dictionary(given);
  return { ...common, useSecureTransport: Boolean(useSecureTransport) };
}

/** The package's entry: every public name, nothing else. */
export type { Host, TlsInfo } from "../host/transport.ts";
export { Engine, type EngineOptions, type EngineStats } from "./engine.ts";
export { TCPSocketError } from "./errors.ts";
export { TCPServerSocketEvent, TCPSocketErrorEvent, TCPSocketEvent } from "./events.ts";
export {
  type DelimitedOptions,
  type Framing,
  type FramingLike,
  framing,
  type LengthPrefixedOptions,
  type LinesOptions,
  type MessageLimit,
  type VarintOptions,
} from "./framing.ts";
export { MessageBatch } from "./message-batch.ts";
export type { BinaryType, ServerSocketOptions, SocketOptions } from "./options.ts";
export type { ReadyState } from "./socket-attributes.ts";
export { TCPServerSocket } from "./tcp-server-socket.ts";
export { TCPSocket } from "./tcp-socket.ts";
export type { TlsOptions } from "./tls-options.ts";

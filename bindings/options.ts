/**
 * The options of sockets and servers: names, meanings, and what is allowed, in one table.
 *
 * How they are checked, once and before anything changes, is in option-rules.ts (M12, M14).
 */
import {
  NO_LIMIT,
  OPEN_BUFFERED_MAX,
  OPEN_CONNECT_TIMEOUT,
  OPEN_CONNECTIONS_MAX,
  OPEN_FLAG_HALF_OPEN,
  OPEN_FLAG_SECURE,
  OPEN_FLAGS,
  OPEN_HANDSHAKE_TIMEOUT,
  OPEN_HIGH_WATER_MARK,
  OPEN_IDLE_TIMEOUT,
  OPEN_LOW_WATER_MARK,
  OPEN_RECEIVE_BYTES_MAX,
  OPEN_WORDS,
} from "../assembly/abi.ts";
import { onDemand } from "../host/on-demand.ts";
import type { ConnectTarget, TlsTarget } from "../host/transport.ts";
import { type Engine, isEngine } from "./engine.ts";
import { checkFraming, type Framing, type FramingLike } from "./framing.ts";
import {
  BYTES_MAX,
  bool,
  checkOptions,
  integer,
  oneOf,
  or,
  type Rules,
  text,
} from "./option-rules.ts";
import { isAborted, isSignal, reasonOf } from "./platform.ts";
import { shown } from "./shown.ts";
import { type TlsOptions, tlsRule } from "./tls-options.ts";

/** What `data` carries: a string of one char per byte, a fresh ArrayBuffer, or owned bytes. */
export type BinaryType = "string" | "arraybuffer" | "uint8array";

/** Options that sockets and servers share. */
interface CommonOptions {
  /** What `data` events carry. Default `"string"`, as Mozilla's. */
  binaryType?: BinaryType;
  /** How the stream is cut into messages: each `data` one, each `send()` one. Default: not at all. */
  framing?: FramingLike;
  /** TLS from the first byte. Default false. */
  useSecureTransport?: boolean;
  /** How TLS is done: with useSecureTransport, and by upgradeToSecure() without options. */
  tls?: TlsOptions;
  /** Milliseconds without a byte either way until NetworkTimeoutError; 0 for never (default). */
  idleTimeout?: number;
  /** Bytes of bufferedAmount above which `send()` returns false. Default 65536. */
  highWaterMark?: number;
  /** Bytes of bufferedAmount at or below which `drain` fires. Default 0. */
  lowWaterMark?: number;
  /** Bytes of bufferedAmount above which `send()` throws. Default Infinity. */
  maxBufferedAmount?: number;
  /** Whether our direction stays open after the peer's has ended. Default false. */
  allowHalfOpen?: boolean;
  /** TCP_NODELAY. Default true. */
  noDelay?: boolean;
  /** Keep-alive probes: off (default), on, or on after so many milliseconds of silence. */
  keepAlive?: boolean | number;
  /**
   * Ends it when aborted: a socket as closeImmediately() does, a server as close() does. Promises
   * reject with the signal's reason. Aborted already: the constructor throws that reason.
   */
  signal?: AbortSignal;
  /** The engine to use. Default: one that all sockets of the program share. */
  engine?: Engine;
}

/** Options of `new TCPSocket`. */
export interface SocketOptions extends CommonOptions {
  /** Milliseconds for name look-up, connecting and TLS, an upgrade's too; 0 for the host's own limit (default). */
  connectTimeout?: number;
  /** The local address to connect from. */
  localAddress?: string;
  /** The local port to connect from. */
  localPort?: number;
  /** 4 or 6 for addresses of that family only, 0 (default) for either. */
  family?: 0 | 4 | 6;
  /** A replacement for the host's name look-up, of the shape of node's `dns.lookup`. */
  lookup?: (...args: never[]) => void;
}

/** Options of `new TCPServerSocket`. */
export interface ServerSocketOptions extends CommonOptions {
  /** The address to listen on. Default: all interfaces. */
  host?: string;
  /** Accepted sockets that may live at a time; further connections are destroyed. */
  maxConnections?: number;
  /** Bytes that all accepted sockets together may hold undelivered in engine memory. */
  maxReceiveBytes?: number;
  /** Milliseconds a client may take over the TLS handshake; 0 for ever. Default 10000. */
  handshakeTimeout?: number;
  /** Lets other sockets listen on the same port. NotSupportedError where the host cannot. */
  reusePort?: boolean;
}

const milliseconds = onDemand(() => integer(0, 0x7fffffff, " milliseconds"));

const commonRules: Rules = onDemand(() => {
  const bytes = integer(0, BYTES_MAX, " bytes");
  return {
    binaryType: oneOf("string", "arraybuffer", "uint8array"),
    framing: { allowed: "a framing", check: (value) => typeof value === "object" },
    useSecureTransport: bool,
    tls: tlsRule,
    idleTimeout: milliseconds(),
    highWaterMark: bytes,
    lowWaterMark: bytes,
    maxBufferedAmount: or(bytes, "Infinity", (value) => value === Infinity),
    allowHalfOpen: bool,
    noDelay: bool,
    keepAlive: or(milliseconds(), "true or false", bool.check),
    signal: { allowed: "an AbortSignal", check: isSignal },
    engine: { allowed: "an Engine", check: (value) => isEngine(value) },
  };
});

const socketRules: Rules = onDemand(() => ({
  ...commonRules(),
  connectTimeout: milliseconds(),
  localAddress: text,
  localPort: integer(0, 65535, ""),
  family: oneOf(0, 4, 6),
  lookup: { allowed: "a function", check: (value) => typeof value === "function" },
}));

const serverRules: Rules = onDemand(() => ({
  ...commonRules(),
  host: text,
  maxConnections: or(integer(0, BYTES_MAX, ""), "Infinity", (value) => value === Infinity),
  maxReceiveBytes: integer(1, BYTES_MAX, " bytes"),
  handshakeTimeout: milliseconds(),
  reusePort: bool,
}));

/** Checks the options of `new TCPSocket`. @throws TypeError */
export function socketOptions(given: unknown): SocketOptions {
  return read<SocketOptions>("TCPSocket", given, socketRules);
}

/** Checks the options of `new TCPServerSocket`. @throws TypeError */
export function serverOptions(given: unknown): ServerSocketOptions {
  return read<ServerSocketOptions>("TCPServerSocket", given, serverRules);
}

function read<T extends CommonOptions>(owner: string, given: unknown, rules: Rules): T {
  const checked = checkOptions<T>(owner, given, rules);
  if (checked.framing) checked.framing = checkFraming(checked.framing);
  if (checked.signal !== undefined && isAborted(checked.signal)) throw reasonOf(checked.signal);
  return checked;
}

/** The framing of checked options. */
export function framingOf(options: CommonOptions): Framing | null {
  return (options.framing as Framing | undefined) ?? null;
}

/** A port: 0 to 65535, as a number or in decimal digits (M10). */
export function checkPort(owner: string, port: unknown): number {
  const value = typeof port === "string" && /^\d{1,5}$/.test(port) ? Number(port) : port;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535) {
    return (value as number) + 0; // not -0
  }
  throw new TypeError(`${owner} port: ${shown(port)} came; an integer from 0 to 65535 is allowed`);
}

/** The words of the core's `open`; `handshakeTimeout` in milliseconds. */
export function openWords(
  options: SocketOptions & ServerSocketOptions,
  handshakeTimeout: number,
): number[] {
  const words = new Array<number>(OPEN_WORDS).fill(0);
  words[OPEN_HIGH_WATER_MARK] = options.highWaterMark ?? 65536;
  words[OPEN_LOW_WATER_MARK] = options.lowWaterMark ?? 0;
  words[OPEN_BUFFERED_MAX] = limit(options.maxBufferedAmount);
  words[OPEN_FLAGS] =
    (options.allowHalfOpen === true ? OPEN_FLAG_HALF_OPEN : 0) |
    (options.useSecureTransport === true ? OPEN_FLAG_SECURE : 0);
  words[OPEN_CONNECT_TIMEOUT] = options.connectTimeout ?? 0;
  words[OPEN_IDLE_TIMEOUT] = options.idleTimeout ?? 0;
  words[OPEN_CONNECTIONS_MAX] = limit(options.maxConnections);
  words[OPEN_RECEIVE_BYTES_MAX] = options.maxReceiveBytes ?? 0;
  words[OPEN_HANDSHAKE_TIMEOUT] = handshakeTimeout;
  return words;
}

function limit(value: number | undefined): number {
  return value === undefined || value === Infinity ? NO_LIMIT : value;
}

/** Where to connect to and how, as the host takes it. */
export function connectTarget(
  host: string,
  port: number,
  options: SocketOptions,
  tls: TlsTarget | undefined,
): ConnectTarget {
  const { noDelay = true, family = 0, localAddress, localPort, lookup } = options;
  const keepAlive = keepAliveOf(options);
  return { host, port, noDelay, keepAlive, localAddress, localPort, family, lookup, tls };
}

/** Milliseconds of silence before the first probe, or false. */
export function keepAliveOf(options: CommonOptions): number | false {
  const { keepAlive = false } = options;
  return keepAlive === true ? 0 : keepAlive;
}

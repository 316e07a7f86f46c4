/**
 * The interface between the driver and a host: bytes, connections, time, and no rule.
 *
 * A host moves every byte and decides nothing: it does what the engine orders and reports what
 * happened. It never calls a sink inside a call made to it (connect, listen, write, ...): reports
 * come in tasks or ticks of their own. It knows no protocol and no readyState. Reasons are numbers
 * of assembly/abi.ts. test/host/transport-contract.ts is what every implementation must pass.
 */

/** Where a connection's ends are; the empty string and 0 while unknown. */
export interface Addresses {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Whom a transport tells. Nothing is told after `closed`. */
export interface Sink {
  /**
   * The connection is up; with TLS its handshake is verified. Before any other report but `failed`,
   * `closed` and, within a handshake, `ended`. Of accepted connections only those of a listener with
   * `tls` are reported so.
   */
  connected(): void;
  /** The handshake that `secure` began is verified. */
  secured(): void;
  /** `count` bytes lie at the start of the window; they are handled when this returns. */
  received(count: number): void;
  /** Bytes in the host's own memory; they are copied when this returns. */
  receivedCopy(bytes: Uint8Array): void;
  /**
   * Whether the app is given what comes with `receivedWhole` as it is, uncopied, for the time being. A
   * host that has the choice, and cannot save its own copy by `received`, does better so.
   */
  readonly takesWhole: boolean;
  /**
   * The host's own bytes, all of an ArrayBuffer that nobody else has, and any number of them: from now on
   * they are the sink's.
   */
  receivedWhole(bytes: Uint8Array): void;
  /** `count` more bytes of the last write are with the kernel: their memory is free again. */
  sent(count: number): void;
  /** The peer's FIN, behind all its bytes. Writing may go on. */
  ended(): void;
  /** The connection is broken, for one of abi.ts's reasons; `cause` is the host's own error. */
  failed(reason: number, cause: unknown): void;
  /** The transport is gone. Comes exactly once, last, whatever happened before. */
  closed(): void;
}

/** One connection. After `destroy` every method does nothing. */
export interface Transport {
  /** Each may cost a system call when it is read, and be unknown again after the end. */
  readonly addresses: Addresses;
  /**
   * Writes the views in order, `bytes` in all, never 0. The memory behind them stays as it is until
   * `sent` has covered them. Called again only when everything before is sent.
   */
  write(views: readonly Uint8Array[], bytes: number): void;
  /**
   * No bytes and no `ended` are reported until `resume`. With TLS the handshake goes on, and what one
   * read of the kernel's has brought may still come: it is decrypted all at once.
   */
  pause(): void;
  resume(): void;
  /**
   * Starts TLS on a connection in plaintext: `secured` follows when the peer is verified, or
   * `failed`. Called when everything written is sent and while paused; it stays paused. What was
   * read before and not reported yet is refused: `failed`, with REASON_PLAINTEXT_LEFT.
   */
  secure(tls: TlsTarget): void;
  /** What was agreed with the peer, or null without TLS and before it is verified. */
  readonly tlsInfo: TlsInfo | null;
  /** FIN behind everything written; with TLS, close_notify in front of it. Receiving goes on. */
  finish(): void;
  /**
   * Lets go; `closed` follows. A `finish` still under way is waited for, but not a write in front of
   * it: the peer may never take that.
   */
  destroy(): void;
  /** Whether the connection keeps the program alive; it does at first. */
  ref(): void;
  unref(): void;
}

/**
 * What a host has made of the app's TLS options: certificates read, settings checked. Only the host
 * that made it knows what it is.
 */
export type TlsContext = object;

/** One side of a TLS handshake. */
export interface TlsTarget {
  readonly context: TlsContext;
  /** Whether ours is the server's side. */
  readonly server: boolean;
  /** Whom the peer's certificate must name: the host as given to open. Not looked at by servers. */
  readonly host: string;
  /** Where connections may read once they are secure, with `received`, if the host can and it is better. */
  readonly window?: Uint8Array | undefined;
}

/** A certificate, as node's X509Certificate shows it. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly subjectAltName: string | undefined;
  /** When it begins and ends to be valid. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 of the whole, in hexadecimal with colons. */
  readonly fingerprint256: string;
  /** DER. */
  readonly raw: Uint8Array;
}

/** What a TLS handshake has agreed. */
export interface TlsInfo {
  /** Such as `"TLSv1.3"`. */
  readonly protocol: string;
  /** Such as `"TLS_AES_256_GCM_SHA384"`. */
  readonly cipher: string;
  /** The protocol of ALPNProtocols that both sides have; null for none. */
  readonly alpnProtocol: string | null;
  /** The peer's certificate; null if it showed none, as clients mostly do. */
  readonly peerCertificate: PeerCertificate | null;
}

/** Where to, and how. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly noDelay: boolean;
  /** Milliseconds of silence before the first probe, or false. */
  readonly keepAlive: number | false;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** 0: either; 4, 6. */
  readonly family: 0 | 4 | 6;
  /** A replacement for the host's name look-up, in the host's own shape. */
  readonly lookup?: unknown;
  /** TLS from the first byte. */
  readonly tls?: TlsTarget | undefined;
}

export interface ListenTarget {
  /** All interfaces if undefined; then the host binds at once where it can. */
  readonly host?: string | undefined;
  readonly port: number;
  /** Connections the kernel queues; undefined: the host's default. */
  readonly backlog?: number | undefined;
  readonly noDelay: boolean;
  readonly keepAlive: number | false;
  /** Where accepted connections may read, with `received`, if the host can. */
  readonly window?: Uint8Array | undefined;
  /** Whether other sockets may listen on the same port (SO_REUSEPORT). */
  readonly reusePort?: boolean | undefined;
  /** TLS from the first byte: the handshake begins once a connection is accepted. */
  readonly tls?: TlsTarget | undefined;
}

/** Whom a listener tells. */
export interface ListenerSink {
  /** Bound; comes once, also where `bound` was true at once. */
  listening(): void;
  /**
   * A connection, paused. The driver answers with the sink to tell from now on, or with null: then
   * the host destroys it. With `tls` its handshake begins now, and `connected` tells its end.
   */
  accepted(transport: Transport): Sink | null;
  /** It could not bind, or stopped working. */
  failed(reason: number, cause: unknown): void;
  closed(): void;
}

export interface Listener {
  /** True: bound already; false: refused already (`failed` follows); null: not known yet. */
  readonly bound: boolean | null;
  readonly localAddress: string;
  readonly localPort: number;
  /** Stops listening; `closed` follows. Accepted connections live on. */
  close(): void;
  ref(): void;
  unref(): void;
}

/** A running timer. */
export interface Timer {
  cancel(): void;
}

/** An asynchronous context; node's AsyncResource is one. */
export interface Context {
  runInAsyncScope<A extends unknown[]>(call: (...args: A) => void, self: unknown, ...args: A): void;
}

export interface Host {
  /** For messages, such as `"node:net"`. */
  readonly name: string;
  /**
   * Starts a connection. Never throws: what is wrong with the target is reported as `failed`. The
   * window is where `received` bytes go; it stays valid for the connection's life.
   */
  connect(target: ConnectTarget, window: Uint8Array, sink: Sink): Transport;
  /** Starts to listen. Never throws: a refusal is `bound === false`, or a later `failed`. */
  listen(target: ListenTarget, sink: ListenerSink): Listener;
  /** Whether engines on it check the use of borrowed bytes unless told otherwise; for tests. */
  readonly checks?: boolean;
  /** Whether `reusePort` can be had. */
  readonly reusesPorts: boolean;
  /**
   * Makes a context of TLS options with node:tls's names, to be used as often as wanted. Hosts
   * without TLS leave it out.
   * @throws Error if they cannot be used: a certificate that cannot be read, say
   */
  tlsContext?(options: object, server: boolean): TlsContext;
  /** Calls back once after at least so many milliseconds. Keeps no program alive. */
  timer(milliseconds: number, expired: () => void): Timer;
  /** Calls back once, soon, in a task of its own. */
  defer(task: () => void): void;
  /**
   * Captures the present asynchronous context (AsyncLocalStorage). Hosts without such contexts leave
   * it out.
   */
  context?(): Context;
  /**
   * Whether bytes are reported in the asynchronous context in which their connection was begun, upgraded
   * or resumed; of accepted ones, in which their listener was made. Saves entering it at each read.
   */
  readonly readsInContext?: boolean;
  /** A view of engine memory in the form this host writes best. */
  view(memory: ArrayBuffer, offset: number, length: number): Uint8Array;
  /** One char per byte, both ways (M39); `text` has no char above U+00FF. */
  decodeLatin1(memory: ArrayBuffer, offset: number, length: number): string;
  /** The other way round: writes `text.length` bytes. */
  encodeLatin1(text: string, memory: ArrayBuffer, offset: number): void;
}

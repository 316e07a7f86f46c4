/**
 * TLS by node:tls: what the app's options become, and the two ways a connection gets it.
 *
 * Verification is decided here and nowhere else: by `rejectUnauthorized`, never by the environment, and
 * against the host that was asked for. Nothing the app's callbacks do, throwing included, reaches
 * further than their own connection. node:tls is loaded on first use.
 */
import type { Socket } from "node:net";
import type {
  ConnectionOptions,
  PeerCertificate,
  SecureContext,
  SecureContextOptions,
  TLSSocket,
  TLSSocketOptions,
} from "node:tls";
import { REASON_CERTIFICATE, REASON_TLS } from "../../assembly/reasons.ts";
import type { TlsInfo, TlsTarget } from "../transport.ts";
import { builtin } from "./builtin.ts";
import { blame } from "./tls-reasons.ts";

type Options = SecureContextOptions & ConnectionOptions & TLSSocketOptions;

/** Checked and read once, used for every connection. */
export interface NodeTlsContext extends Options {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** Reads certificates and keys. @throws Error if they cannot be used */
export function tlsContext(given: object, server: boolean): NodeTlsContext {
  const options: Options = { ...given };
  const { createSecureContext } = builtin("node:tls");
  const own = server ? { sessionIdContext: sessionContextOf(options) } : {};
  const secureContext = createSecureContext({ ...options, ...own });
  const { checkServerIdentity, SNICallback, ALPNCallback } = options;
  return {
    ...options,
    ...(checkServerIdentity && { checkServerIdentity: guardIdentity(checkServerIdentity) }),
    ...(SNICallback && { SNICallback: guardNames(SNICallback) }),
    ...(ALPNCallback && { ALPNCallback: guardProtocols(ALPNCallback) }),
    secureContext,
    rejectUnauthorized: options.rejectUnauthorized !== false,
  };
}

/**
 * A client resumes a session only where it would have been verified the same way: servers may share
 * their ticket keys, and a resumed client shows no certificate.
 */
function sessionContextOf({ ca, crl, requestCert, rejectUnauthorized }: Options): string {
  const trust = [ca, crl].map((pem) => [pem].flat().map(String));
  const text = JSON.stringify([trust, requestCert === true, rejectUnauthorized !== false]);
  return builtin("node:crypto").createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** TLS as a client, over `how`: a socket, or where to connect. */
export function connectTls(how: ConnectionOptions, { context, host }: TlsTarget): TLSSocket {
  const options = context as NodeTlsContext;
  // An address is verified against the certificate's addresses, and never asked for by name.
  const servername = options.servername ?? (builtin("node:net").isIP(host) === 0 ? host : "");
  return builtin("node:tls").connect({
    ...options,
    ...how,
    host: how.host ?? host,
    servername,
  } as ConnectionOptions);
}

/** TLS as a server, over a connection in plaintext. */
export function acceptTls(socket: Socket, { context }: TlsTarget): TLSSocket {
  const { TLSSocket: Secured } = builtin("node:tls");
  return new Secured(socket, { ...(context as NodeTlsContext), isServer: true });
}

/** Why a client's certificate may not be trusted, or undefined. A server asks once it is there. */
export function clientRefusal(socket: TLSSocket, { context }: TlsTarget): Error | undefined {
  const { requestCert, rejectUnauthorized } = context as NodeTlsContext;
  if (requestCert !== true || !rejectUnauthorized) return undefined;
  // Only tls.Server has a public way to this. Where it is not found, the connection fails.
  const handle = (socket as unknown as { _handle?: { verifyError?(): Error | null } })._handle;
  if (typeof handle?.verifyError !== "function")
    return new Error("clients cannot be verified here");
  return handle.verifyError() ?? undefined;
}

/** What the handshake of a verified connection has agreed. */
export function tlsInfoOf(socket: TLSSocket): TlsInfo {
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().name,
    alpnProtocol: socket.alpnProtocol || null,
    peerCertificate: socket.getPeerX509Certificate() ?? null,
  };
}

type CheckIdentity = (host: string, certificate: PeerCertificate) => Error | undefined;

function guardIdentity(check: CheckIdentity): CheckIdentity {
  return (host, certificate) => {
    const refusal = attempt(() => check(host, certificate));
    if (refusal === undefined || refusal === null) return undefined;
    return blamed(refusal, REASON_CERTIFICATE);
  };
}

function blamed(given: unknown, reason: number): Error {
  const error = given instanceof Error ? given : new Error(String(given));
  blame(error, reason);
  return error;
}

/** The error that `call` throws is its result. */
function attempt<T>(call: () => T): T | Error {
  try {
    return call();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

type NameCallback = NonNullable<TLSSocketOptions["SNICallback"]>;

function guardNames(find: NameCallback): NameCallback {
  return (name, done) => {
    let answered = false;
    const answer: typeof done = (error, context) => {
      if (!answered) done(error ? blamed(error, REASON_TLS) : null, context);
      answered = true;
    };
    const thrown = attempt(() => find(name, answer));
    if (thrown instanceof Error) answer(thrown);
  };
}

type ProtocolCallback = NonNullable<Options["ALPNCallback"]>;

/** Undefined ends the handshake. */
function guardProtocols(choose: ProtocolCallback): ProtocolCallback {
  return (asked) => {
    const chosen = attempt(() => choose(asked));
    return typeof chosen === "string" && asked.protocols.includes(chosen) ? chosen : undefined;
  };
}

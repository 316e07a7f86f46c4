/**
 * TLS by node:tls: what the app's options become, and the two ways a connection gets it.
 *
 * Verification is decided here and nowhere else: by `rejectUnauthorized`, never by the environment, and
 * against the host that was asked for. What decides about it is always an own property, so that no
 * prototype can. node:tls is loaded on first use.
 */
import type { Socket } from "node:net";
import type {
  ConnectionOptions,
  SecureContext,
  SecureContextOptions,
  TLSSocket,
  TLSSocketOptions,
} from "node:tls";
import type { TlsInfo, TlsTarget } from "../transport.ts";
import { builtin, defer } from "./builtin.ts";
import { type CheckIdentity, guardIdentity, guardNames, guardProtocols } from "./tls-callbacks.ts";

type Options = SecureContextOptions & ConnectionOptions & TLSSocketOptions;

/** Checked and read once, used for every connection. */
export interface NodeTlsContext extends Options {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  /** The app's own check where node would not ask it: it is all there is of verification then. */
  readonly pin: CheckIdentity | undefined;
}

/** What a server adds to the options of its context. */
interface ServerContext {
  sessionIdContext: string;
  honorCipherOrder: boolean;
  secureOptions: number;
}

/** Reads certificates and keys. @throws Error if they cannot be used */
export function tlsContext(given: object, server: boolean): NodeTlsContext {
  const options: Options = { ...NOTHING, ...given };
  const { createSecureContext, checkServerIdentity } = builtin("node:tls");
  const secureContext = createSecureContext({ ...options, ...(server && serverContext(options)) });
  const { checkServerIdentity: check, SNICallback, ALPNCallback } = options;
  const identity = check && guardIdentity(check);
  const trusting = options.rejectUnauthorized === false;
  return {
    ...options,
    checkServerIdentity: trusting ? () => undefined : (identity ?? checkServerIdentity),
    pin: trusting ? identity : undefined,
    SNICallback: SNICallback && guardNames(SNICallback),
    ALPNCallback: ALPNCallback && guardProtocols(ALPNCallback),
    secureContext,
    requestCert: options.requestCert === true,
    rejectUnauthorized: options.rejectUnauthorized !== false,
  } as NodeTlsContext;
}

/** What would decide about trust if somebody's prototype had it. */
const NOTHING = {
  __proto__: null,
  ...{ ca: undefined, crl: undefined, pskCallback: undefined, session: undefined },
  ...{ rejectUnauthorized: undefined, requestCert: undefined, checkServerIdentity: undefined },
  ...{ servername: undefined, SNICallback: undefined, ALPNCallback: undefined },
  ...{ secureProtocol: undefined, secureContext: undefined },
};

/**
 * Sessions are resumed without asking for a certificate again, and node believes whom it believed
 * then, for another name too. So servers that ask for one offer no resumption. And nobody becomes
 * somebody else on the way (TLS 1.2's renegotiation).
 */
function serverContext({ requestCert, honorCipherOrder = true }: Options): ServerContext {
  const { SSL_OP_NO_TICKET, SSL_OP_NO_RENEGOTIATION } = builtin("node:crypto").constants;
  const secureOptions = SSL_OP_NO_RENEGOTIATION | (requestCert === true ? SSL_OP_NO_TICKET : 0);
  return { sessionIdContext: "sansock", honorCipherOrder, secureOptions };
}

/** TLS as a client, over `how`: a socket, or where to connect. */
export function connectTls(how: ConnectionOptions, { context, host }: TlsTarget): TLSSocket {
  const options = context as NodeTlsContext;
  const { lookup } = how;
  return builtin("node:tls").connect({
    ...options,
    ...how,
    ...(lookup && { lookup: later(lookup) }),
    host: how.host ?? host,
    servername: options.servername ?? serverName(host),
    ...asAddress(options),
  } as ConnectionOptions);
}

/** An address for a name is not sent (RFC 6066), and what the certificate must be for all the same. */
function asAddress({ servername, checkServerIdentity: check }: NodeTlsContext): ConnectionOptions {
  if (servername === undefined || builtin("node:net").isIP(servername) === 0) return {};
  return { servername: "", checkServerIdentity: (_, shown) => check?.(servername, shown) };
}

/**
 * The name to ask for and to verify: none for an address, which is verified as such; without a
 * trailing dot (RFC 6066), and as it stands in certificates (RFC 5890).
 */
function serverName(host: string): string {
  if (builtin("node:net").isIP(host) !== 0) return "";
  const name = builtin("node:url").domainToASCII(host) || host;
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

type Lookup = NonNullable<ConnectionOptions["lookup"]>;

/**
 * A look-up that answers later, whatever it does: tls.connect() goes on with a socket that an answer
 * within the call may have destroyed.
 */
function later(lookup: Lookup): Lookup {
  return (name, options, done) => {
    const answer: typeof done = (...result) => defer(() => done(...result));
    try {
      lookup(name, options, answer);
    } catch (error) {
      answer(error as NodeJS.ErrnoException, "", 0);
    }
  };
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
  const refusal = verdict(socket);
  if (refusal) return refusal;
  const shown = socket.getPeerX509Certificate() !== undefined && !socket.isSessionReused();
  return shown ? undefined : new Error("the client showed no certificate in this handshake");
}

/** Only tls.Server has a public way to this, but for Bun's. Where it is not found, the connection fails. */
function verdict(socket: TLSSocket): Error | undefined {
  const { _handle: handle } = socket as unknown as { _handle?: { verifyError?(): unknown } };
  if (typeof handle?.verifyError !== "function") {
    return socket.authorized === true ? undefined : new Error("clients cannot be verified here");
  }
  const found = handle.verifyError();
  if (!found) return undefined;
  return found instanceof Error ? found : Object.assign(new Error(`${found}`), { code: found }); // Deno's
}

/** Why a server that need not be authorized is still refused: the app's own check says so. */
export function serverRefusal(socket: TLSSocket, { context, host }: TlsTarget): Error | undefined {
  const { pin, servername } = context as NodeTlsContext;
  return pin?.(servername ?? host, socket.getPeerCertificate(true));
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

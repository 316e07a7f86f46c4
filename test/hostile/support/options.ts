/** Options by name, each with every hostile value. */
import { type TCPServerSocket, TCPSocket } from "../../../bindings/index.ts";
import type { Site } from "./site.ts";
import { type Any, HOSTILE, trap } from "./values.ts";

const names = (text: string): string[] => text.trim().split(/\s+/);

const COMMON =
  names(`binaryType framing useSecureTransport tls idleTimeout highWaterMark engine signal
  lowWaterMark maxBufferedAmount allowHalfOpen noDelay keepAlive useSSL`);
export const CLIENT: readonly string[] = names(
  "connectTimeout localAddress localPort family lookup",
).concat(COMMON);
export const SERVER: readonly string[] = names(
  "host maxConnections maxReceiveBytes handshakeTimeout reusePort",
).concat(COMMON);
export const TLS: readonly string[] =
  names(`ca cert key passphrase pfx crl ALPNProtocols minVersion maxVersion ciphers sigalgs
  ecdhCurve dhparam honorCipherOrder rejectUnauthorized servername checkServerIdentity session minDHSize
  requestCert SNICallback ALPNCallback sessionTimeout ticketKeys`);
export const FRAMING: readonly string[] = names(
  "bytes endian offset adjust strip maxMessageBytes keep delimiters eol lastLine size",
);
export const ENGINE: readonly string[] = names("memoryBytes maxSockets windowBytes host checks");
export const KINDS: readonly string[] = names(
  "fixed lengthPrefixed varint delimited lines netstring slip cobs contentLength",
);

/** Makes a socket or server, and ends it if that has worked. */
export function made(make: () => TCPSocket | TCPServerSocket): void {
  const socket = make();
  if (socket instanceof TCPSocket) socket.closeImmediately();
  else socket.close();
}

/** Calls `call` with `base` and one option more: each hostile value under each name, and a getter. */
export function each(
  site: Site,
  options: readonly string[],
  base: object,
  call: (given: Any) => unknown,
): void {
  for (const name of options) {
    for (const { name: what, make } of HOSTILE) {
      site.attempt(`${name}: ${what}`, () => call({ ...base, [name]: make() }));
    }
    const getter = Object.defineProperty({ ...base }, name, { get: trap, enumerable: true });
    site.attempt(`get ${name}`, () => call(getter));
  }
}

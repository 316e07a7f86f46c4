/** What the failures of TLS are called (M56, M57), and the look at an `error` event in full. */
import { expect } from "vitest";
import { TCPSocketError } from "../../../bindings/index.ts";
import type { Watch } from "./watch.ts";

/** Name, class, errorCode. */
export type Failure = readonly [
  string,
  "Network" | "SecurityProtocol" | "SecurityCertificate",
  number,
];

/** NSS's SEC_ERROR number n as an nsresult (M56). */
const sec = (n: number): number => (0x805a0000 | (0x2000 - n)) >>> 0;
/** NSS's SSL_ERROR number n as an nsresult (M57). */
const ssl = (n: number): number => (0x805a0000 | (0x3000 - n)) >>> 0;

const certificate = (name: string, code: number): Failure => [name, "SecurityCertificate", code];
const protocol = (name: string, code: number): Failure => [name, "SecurityProtocol", code];

export const EXPIRED = certificate("SecurityExpiredCertificateError", sec(11));
export const REVOKED = certificate("SecurityRevokedCertificateError", sec(12));
export const UNTRUSTED = certificate("SecurityUntrustedCertificateIssuerError", sec(13));
export const INVALID_ISSUER = certificate("SecurityUntrustedCertificateIssuerError", sec(36));
export const WRONG_USAGE = certificate("SecurityInadequateKeyUsageError", sec(90));
export const WEAK = certificate("SecurityCertificateSignatureAlgorithmDisabledError", sec(176));
export const WRONG_NAME = certificate("SecurityCertificateDomainMismatchError", ssl(12));
export const NO_CERTIFICATE = protocol("SecurityNoCertificateError", ssl(3));
export const BAD_CERTIFICATE = protocol("SecurityBadCertificateError", ssl(4));
export const UNSUPPORTED = protocol("SecurityUnsupportedCertificateTypeError", ssl(8));
export const OLD_VERSION = protocol("SecurityUnsupportedTLSVersionError", ssl(9));
export const INTERRUPTED: Failure = ["NetworkInterruptError", "Network", 0x804b0047];
export const TIMED_OUT: Failure = ["NetworkTimeoutError", "Network", 0x804b000e];

/** The `error` that `watch` saw: consistent in itself, told once, before `close`, when closed. */
export function failureOf(watch: Watch): Failure {
  const { error: event } = watch;
  if (event === undefined) throw new Error(`no error event, but ${watch.types}`);
  const { name, message, errorCode, data, error } = event;
  expect(data).toMatchObject({ name, message });
  expect(error).toBeInstanceOf(TCPSocketError);
  expect(error).toMatchObject({ name, errorCode });
  expect(error?.message, "readable").toMatch(/\w+ \w+/);
  expect(watch.types.endsWith("error close"), watch.types).toBe(true);
  expect(watch.states.slice(-2)).toEqual(["closed", "closed"]);
  expect(watch.socket.readyState).toBe("closed");
  expect(watch.socket.bufferedAmount).toBe(0);
  return [name, message as Failure[1], errorCode];
}

/** What the host said. */
export function causeOf(watch: Watch): { code?: string; message?: string } {
  return (watch.error?.error?.cause ?? {}) as { code?: string };
}

/** A SecurityError as the injection guard reports it. */
export function expectGuarded(watch: Watch): void {
  const [name, message, errorCode] = failureOf(watch);
  expect([name, message]).toEqual(["SecurityError", "SecurityProtocol"]);
  expect((errorCode & 0xffff0000) >>> 0, "security range").toBe(0x805a0000);
}

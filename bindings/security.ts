/**
 * What a socket has of TLS: whether it is secure, and with what it becomes so.
 *
 * Clients in plaintext have none of it; accepted sockets share their listener's, until one upgrades.
 * The rules of an upgrade are the core's (M102-M110); here is what may be asked, and with what.
 */
import { E_STATE, OPEN } from "../assembly/abi.ts";
import { REASON_BATCH_UNSETTLED, REASON_PLAINTEXT_LEFT } from "../assembly/reasons.ts";
import type { TlsTarget } from "../host/transport.ts";
import type { Driver } from "./driver.ts";
import type { Seat } from "./seat.ts";
import { tlsContext } from "./tls-options.ts";

/** Never changed, but replaced by an upgrade. */
export interface Security {
  /** Whether there is TLS, or about to be (M103). */
  readonly on: boolean;
  /** Whether our side of a handshake is the server's. */
  readonly server: boolean;
  /** With what, where `tls` says so. */
  readonly tls: TlsTarget | undefined;
}

interface Given {
  readonly useSecureTransport?: boolean;
  readonly tls?: object;
}

/** Of accepted sockets whose listener has no `tls`. */
const PLAIN_SERVER: Security = { on: false, server: true, tls: undefined };

/** A client's, as its options say. @throws TypeError */
export function clientSecurity(driver: Driver, host: string, given: Given): Security | undefined {
  const { useSecureTransport: on = false, tls } = given;
  if (!on && tls === undefined) return undefined;
  const context = tlsContext("TCPSocket", tls, driver.host, false);
  return { on, server: false, tls: { context, server: false, host, window: driver.core.window } };
}

/** A listener's and its sockets', as its options say. @throws TypeError, NotSupportedError */
export function serverSecurity(driver: Driver, given: Given): Security {
  const { useSecureTransport: on = false, tls } = given;
  if (!on && tls === undefined) return PLAIN_SERVER;
  const context = tlsContext("TCPServerSocket", tls, driver.host, true);
  return { on, server: true, tls: { context, server: true, host: "", window: driver.core.window } };
}

/**
 * Begins TLS on an open socket; false if it is there, or about to be, already.
 * @throws InvalidStateError unless open, and after halfClose()
 * @throws TypeError for a TLS option that is not allowed
 * @throws NotSupportedError for an accepted socket without a certificate
 */
export function upgrade(seat: Seat, options: unknown): boolean {
  const { call } = seat.driver.core;
  const check = (): void => {
    if (call.ready_state(seat.handle) !== OPEN) throw refused("the socket is not open");
  };
  check();
  if (seat.security?.on === true) return false;
  const tls = (options === undefined && seat.security?.tls) || targetOf(seat, options);
  check(); // the options may have getters that do anything
  const result = call.upgrade(seat.handle);
  if (result === E_STATE) throw refused("halfClose() has ended our direction");
  if (result === 1) return false;
  seat.security = { on: true, server: tls.server, tls };
  return true;
}

function targetOf(seat: Seat, options: unknown): TlsTarget {
  const server = seat.security?.server === true;
  const context = tlsContext("upgradeToSecure()", options, seat.driver.host, server);
  return { context, server, host: server ? "" : seat.host, window: seat.driver.core.window };
}

function refused(why: string): DOMException {
  return new DOMException(`upgradeToSecure(): ${why}`, "InvalidStateError");
}

/** Why an upgrade found plaintext that may be an attacker's, in figures. */
export function plaintextFailure(reason: number, count: number): Error | undefined {
  if (reason === REASON_PLAINTEXT_LEFT && count !== 0) return new Error(`${count} bytes`);
  if (reason !== REASON_BATCH_UNSETTLED) return undefined;
  return new Error(`of ${count} messages, none was named by stopAfter()`);
}

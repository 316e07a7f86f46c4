/**
 * The errors a loopback network gives as causes: shaped as Node shapes those of the system.
 *
 * Owns their form only; which failure has which code is said where it happens.
 */

/** An error of the (simulated) system. */
export interface SystemError extends Error {
  /** Such as "ECONNREFUSED". */
  readonly code: string;
  /** Such as "connect". */
  readonly syscall: string;
}

export function systemError(code: string, syscall: string, subject = ""): SystemError {
  return Object.assign(new Error(`${syscall} ${code} ${subject}`.trimEnd()), { code, syscall });
}

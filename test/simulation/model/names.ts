/** The name an app must see for what a host says went wrong, by its code (M54, M56, M57, M60). */
const NAMES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "ConnectionRefusedError",
  ENOTFOUND: "DomainNotFoundError",
  CERT_HAS_EXPIRED: "SecurityExpiredCertificateError",
  CERT_NOT_YET_VALID: "SecurityExpiredCertificateError",
  CERT_REVOKED: "SecurityRevokedCertificateError",
  DEPTH_ZERO_SELF_SIGNED_CERT: "SecurityUntrustedCertificateIssuerError",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "SecurityUntrustedCertificateIssuerError",
  INVALID_PURPOSE: "SecurityInadequateKeyUsageError",
  ERR_TLS_CERT_ALTNAME_INVALID: "SecurityCertificateDomainMismatchError",
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "SecurityNoCertificateError",
  ERR_SSL_ALERT_CERTIFICATE_REQUIRED: "SecurityNoCertificateError",
  ERR_SSL_ALERT_BAD_CERTIFICATE: "SecurityBadCertificateError",
  ERR_SSL_ALERT_UNSUPPORTED_CERTIFICATE: "SecurityUnsupportedCertificateTypeError",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "SecurityUnsupportedTLSVersionError",
  ERR_SSL_ALERT_PROTOCOL_VERSION: "SecurityUnsupportedTLSVersionError",
  ERR_SSL_WRONG_VERSION_NUMBER: "SecurityUnsupportedTLSVersionError",
};

/** What a host gives as cause. */
export interface Cause {
  readonly code: string;
  /** Set where the system found it, and not TLS. */
  readonly syscall?: string;
}

/** @param upgrading in an upgrade's handshake, where what is not TLS is plaintext put in (M107) */
export function nameOf({ code, syscall }: Cause, upgrading: boolean): string {
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" && upgrading) return "SecurityError";
  if (code === "ECONNRESET" && syscall === undefined) return "NetworkInterruptError"; // a FIN
  return NAMES[code] ?? (code.startsWith("ERR_SSL_") ? "SecurityError" : "NetworkError");
}

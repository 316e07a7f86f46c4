/**
 * Why a connection failed (M53-M60): the numbers that hosts report and `error` events carry.
 *
 * Plain literals, a part of abi.ts. bindings/errors.ts gives each its name, hosts map their own
 * errors to them.
 */

export const REASON_REFUSED: i32 = 1;
export const REASON_TIMED_OUT: i32 = 2;
export const REASON_NOT_FOUND: i32 = 3;
export const REASON_INTERRUPTED: i32 = 4;
export const REASON_RESET: i32 = 5;
/** Any other network failure. */
export const REASON_NETWORK: i32 = 6;
/** Engine memory is exhausted and this socket held the most of it. */
export const REASON_ENGINE_MEMORY: i32 = 7;
/** The engine itself failed (a trap). Given by the bindings, never by the core. */
export const REASON_ENGINE_FAILED: i32 = 8;
/** The core's own deadlines. */
export const REASON_CONNECT_TIMEOUT: i32 = 9;
export const REASON_IDLE_TIMEOUT: i32 = 10;
/** The address or port is taken or may not be used (listeners). */
export const REASON_ADDRESS: i32 = 11;
/** A header announces a message above the limit. Detail: the bytes it announces. */
export const REASON_MESSAGE_TOO_LONG: i32 = 12;
/** No end of the message within the limit. Detail: 0. */
export const REASON_MESSAGE_UNTERMINATED: i32 = 13;
/** What came is no message of the framing. Detail: a rule of framing/abi.ts. */
export const REASON_MESSAGE_MALFORMED: i32 = 14;
/** The peer ended in the middle of a message. Detail: the bytes that are missing; 0 if unknown. */
export const REASON_MESSAGE_INCOMPLETE: i32 = 15;
/** Plaintext came in front of a TLS handshake and was not delivered. Detail: how many bytes. */
export const REASON_PLAINTEXT_LEFT: i32 = 16;
/** An upgrade within a batch of several messages, without `delivered`. Detail: how many messages. */
export const REASON_BATCH_UNSETTLED: i32 = 17;
/** The peer took too long over the TLS handshake, or made way for others. */
export const REASON_HANDSHAKE_TIMEOUT: i32 = 18;
/** Any failure of TLS that none of these names. */
export const REASON_TLS: i32 = 19;
/** The peer's certificate was refused, for none of these reasons. */
export const REASON_CERTIFICATE: i32 = 20;
/** It is not valid any more, or not yet. */
export const REASON_CERTIFICATE_EXPIRED: i32 = 21;
export const REASON_CERTIFICATE_REVOKED: i32 = 22;
export const REASON_UNKNOWN_ISSUER: i32 = 23;
export const REASON_CERTIFICATE_UNTRUSTED: i32 = 24;
/** It was issued by a certificate that may issue none. */
export const REASON_INVALID_ISSUER: i32 = 25;
/** It may not be used for this. */
export const REASON_KEY_USAGE: i32 = 26;
/** It is signed with an algorithm that is too weak. */
export const REASON_WEAK_SIGNATURE: i32 = 27;
/** It is somebody else's. */
export const REASON_CERTIFICATE_NAME: i32 = 28;
/** One side must show a certificate and has none. */
export const REASON_NO_CERTIFICATE: i32 = 29;
/** The peer refused ours. */
export const REASON_BAD_CERTIFICATE: i32 = 30;
export const REASON_CERTIFICATE_TYPE: i32 = 31;
/** The two share no version of TLS, or the peer does not speak TLS at all. */
export const REASON_TLS_VERSION: i32 = 32;

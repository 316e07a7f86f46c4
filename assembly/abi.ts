/**
 * The numbers that core, bindings and hosts agree on, and nothing else.
 *
 * Plain literals only: AssemblyScript compiles this file into the core and TypeScript imports it as
 * it stands, so there is one source of truth and no generated copy. Within a major version a
 * number never changes its meaning; new ones are appended (docs/abi.md, "Versions").
 */

export const ABI_VERSION_MAJOR: i32 = 1;
export const ABI_VERSION_MINOR: i32 = 0;

// ---- Results: zero or positive is success; negative is the caller's misuse -------------------

/** An argument is out of its range. */
export const E_ARG: i32 = -1;
/** The handle names no living socket. */
export const E_STALE: i32 = -2;
/** Not allowed in this readyState. */
export const E_STATE: i32 = -3;
/** The window or a gather is still in use: poll, or report `sent`, first. */
export const E_BUSY: i32 = -4;
/** Engine memory cannot hold it. */
export const E_NOMEM: i32 = -5;
/** A configured limit (maxSockets, maxConnections, maxBufferedAmount) would be passed. */
export const E_LIMIT: i32 = -6;
/** The core has trapped. Never returned by the core itself: hosts use it for a dead engine. */
export const E_TRAPPED: i32 = -9;

// ---- readyState (M23) ------------------------------------------------------------------------

export const CONNECTING: i32 = 0;
export const OPEN: i32 = 1;
export const CLOSING: i32 = 2;
export const CLOSED: i32 = 3;

// ---- Phases: the state machine's own states; several share one readyState ---------------------

export const PHASE_FREE: i32 = 0;
export const PHASE_CONNECTING: i32 = 1;
export const PHASE_OPEN: i32 = 2;
/** Our direction has ended (halfClose); the peer's has not. */
export const PHASE_RECEIVING: i32 = 3;
/** The peer's direction has ended and `allowHalfOpen` keeps ours open. */
export const PHASE_SENDING: i32 = 4;
/** The peer's direction has ended; ours ends as soon as everything is flushed. */
export const PHASE_ENDING: i32 = 5;
export const PHASE_CLOSING: i32 = 6;
export const PHASE_CLOSED: i32 = 7;
export const PHASES: i32 = 8;

// ---- What moves a phase ------------------------------------------------------------------------

export const STEP_CONNECTED: i32 = 0;
export const STEP_HALF_CLOSE: i32 = 1;
/** The peer's FIN, `allowHalfOpen` false. */
export const STEP_END: i32 = 2;
/** The peer's FIN, `allowHalfOpen` true. */
export const STEP_HALF_END: i32 = 3;
/** `close()`, `closeImmediately()`. */
export const STEP_CLOSE: i32 = 4;
/** Nothing is left to transmit. */
export const STEP_FLUSHED: i32 = 5;
export const STEP_FAILED: i32 = 6;
/** The transport is gone and `close` has been announced. */
export const STEP_RELEASE: i32 = 7;
export const STEPS: i32 = 8;

// ---- Roles -------------------------------------------------------------------------------------

export const ROLE_CLIENT: i32 = 0;
export const ROLE_ACCEPTED: i32 = 1;
export const ROLE_LISTENER: i32 = 2;

// ---- Records: what `poll` leaves in the ring ----------------------------------------------------

// Events, for the app. `poll` emits at most one of them, so the handler sees the state it announces.
export const EVENT_OPEN: i32 = 1;
/** a = address, b = length: bytes without framing, valid until the next `poll`. */
export const EVENT_DATA: i32 = 2;
/** a = address of the (offset, length) table, b = messages, c = base address, d = bytes spanned. */
export const EVENT_MESSAGES: i32 = 3;
export const EVENT_DRAIN: i32 = 4;
/** The peer's FIN, with `allowHalfOpen`. */
export const EVENT_END: i32 = 5;
/** a = reason. Always followed by EVENT_CLOSE. */
export const EVENT_ERROR: i32 = 6;
/** a = 1 if the close was clean. Nothing but RECORD_RELEASED follows. */
export const EVENT_CLOSE: i32 = 7;
/** A listener accepted this socket. a = the listener's handle. */
export const EVENT_CONNECT: i32 = 8;
/** The handshake of `upgrade` is verified: from here on everything is inside TLS. */
export const EVENT_SECURE: i32 = 9;

// Orders, for the host. The engine decides, the host obeys.
/** Gather and write. */
export const ORDER_FLUSH: i32 = 16;
/** Deliver no more input until ORDER_RESUME. */
export const ORDER_PAUSE: i32 = 17;
export const ORDER_RESUME: i32 = 18;
/** FIN (for TLS: close_notify, then FIN) behind everything written. */
export const ORDER_FINISH: i32 = 19;
/** Let go of the transport; report `closed`. */
export const ORDER_DESTROY: i32 = 20;
/** Start TLS: everything written so far is sent in plaintext. Report `secured`. */
export const ORDER_SECURE: i32 = 21;
/** a = kind, b = milliseconds. Replaces the socket's timer; kind 0 disarms it. */
export const ORDER_TIMER: i32 = 22;
/** The handle is dead: forget it. */
export const RECORD_RELEASED: i32 = 31;

/** Words in a record: kind, socket, a, b, c, d, two spare. */
export const RECORD_WORDS: i32 = 8;

// ---- Timers ------------------------------------------------------------------------------------

export const TIMER_NONE: i32 = 0;
export const TIMER_CONNECT: i32 = 1;
export const TIMER_IDLE: i32 = 2;
/** After our FIN, how long the peer may take over its own. */
export const TIMER_LINGER: i32 = 3;
/** How long the peer may take over the TLS handshake. */
export const TIMER_HANDSHAKE: i32 = 4;

// ---- The control block: u32 words at `control()` --------------------------------------------------

export const CONTROL_MAGIC: i32 = 0;
export const CONTROL_ABI: i32 = 1;
export const CONTROL_WINDOW: i32 = 2;
export const CONTROL_WINDOW_BYTES: i32 = 3;
export const CONTROL_HEADROOM_BYTES: i32 = 4;
export const CONTROL_RECORDS: i32 = 5;
export const CONTROL_RECORDS_MAX: i32 = 6;
export const CONTROL_IOV: i32 = 7;
export const CONTROL_IOV_MAX: i32 = 8;
/** Second result of the last call: for `gather` the bytes gathered. */
export const CONTROL_LENGTH: i32 = 9;
/** 1 while events wait for `poll(1)`. */
export const CONTROL_DEFERRED: i32 = 10;
export const CONTROL_SOCKETS: i32 = 11;
export const CONTROL_POOL_BYTES: i32 = 12;
export const CONTROL_POOL_FREE: i32 = 13;
/** Bytes the core copied to keep or to join split input (wraps at 2^32). */
export const CONTROL_COPIED: i32 = 14;
export const CONTROL_SCRATCH: i32 = 15;
export const CONTROL_SCRATCH_BYTES: i32 = 16;
/** Connections refused for want of a slot (maxSockets, maxConnections). */
export const CONTROL_REFUSED: i32 = 17;
/**
 * 1 when the app has done something, while a batch of this socket is being handled, that the rest of
 * the batch must wait for: it suspended, closed, changed the framing. Say `delivered`, then poll.
 */
export const CONTROL_INTERRUPTED: i32 = 18;
/** After `encode_begin`: 1 if the payload goes through `encode_part`, 0 if it is sent as it is. */
export const CONTROL_ENCODES: i32 = 19;
/** Where `encode_begin`, `encode_part` and `encode_end` leave what is to be sent. */
export const CONTROL_ENCODED: i32 = 20;
/**
 * The socket without framing that queued last, and where its next payload may be written: from the second
 * word on, in front of the third. Then `commit` does without `reserve`. 0: nowhere.
 */
export const CONTROL_ROOM_SOCKET: i32 = 21;
export const CONTROL_ROOM: i32 = 22;
export const CONTROL_ROOM_END: i32 = 23;
export const CONTROL_WORDS: i32 = 64;

/** "SANS", little endian. */
export const MAGIC: u32 = 0x534e4153;

// ---- Configuration structs: u32 words written at the scratch area -----------------------------------

export const INIT_MEMORY_BYTES: i32 = 0;
export const INIT_SOCKETS_MAX: i32 = 1;
export const INIT_WINDOW_BYTES: i32 = 2;
export const INIT_WORDS: i32 = 3;

export const OPEN_HIGH_WATER_MARK: i32 = 0;
export const OPEN_LOW_WATER_MARK: i32 = 1;
/** bufferedAmount's limit; NO_LIMIT for none. */
export const OPEN_BUFFERED_MAX: i32 = 2;
export const OPEN_FLAGS: i32 = 3;
export const OPEN_CONNECT_TIMEOUT: i32 = 4;
export const OPEN_IDLE_TIMEOUT: i32 = 5;
/** Listeners: living accepted sockets; NO_LIMIT for none. */
export const OPEN_CONNECTIONS_MAX: i32 = 6;
/** Listeners: bytes its accepted sockets may hold undelivered; 0 for a quarter of the pool. */
export const OPEN_RECEIVE_BYTES_MAX: i32 = 7;
/** Milliseconds a TLS handshake may take; 0 for no limit. */
export const OPEN_HANDSHAKE_TIMEOUT: i32 = 8;
export const OPEN_WORDS: i32 = 9;

export const NO_LIMIT: u32 = 0xffffffff;
export const OPEN_FLAG_HALF_OPEN: i32 = 1;
/** TLS from the first byte: `connected` means verified. */
export const OPEN_FLAG_SECURE: i32 = 2;

// ---- Limits, in bytes unless said otherwise ---------------------------------------------------------

/** Memory of an engine that is not told how much, nor needs more. */
export const MEMORY_BYTES_DEFAULT: i32 = 32505856;
export const WINDOW_BYTES_MIN: i32 = 16384;
export const WINDOW_BYTES_MAX: i32 = 1 << 24;
export const SOCKETS_MAX: i32 = 1 << 20;
/** One write to the transport. */
export const FLUSH_BYTES_MAX: i32 = 262144;
/** Payloads above this travel as external segments. */
export const POOLED_PAYLOAD_BYTES_MAX: i32 = 65536;
/** Input discarded after our FIN before the transport is destroyed. */
export const DISCARD_BYTES_MAX: i32 = 1048576;
export const LINGER_MILLISECONDS: i32 = 500;
/** Accepted sockets in a TLS handshake; above it the one that began first makes way. */
export const HANDSHAKES_MAX: i32 = 1024;

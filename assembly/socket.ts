/**
 * One socket's record in engine memory, and the names of its flags.
 *
 * Fields only: what may be done with them is in the files that own them (named beside each group).
 * A listener is a socket too; it uses the last group. What a read and a send touch stands first: of
 * 10,000 sockets none is in a cache, and each line is waited for. Size: `SOCKET_BYTES`, part of the
 * promise that an idle socket costs at most 256 bytes of engine memory.
 */

@unmanaged
export class Socket {
  // socket-table.ts
  handle: u32 = 0;
  generation: u32 = 0;
  role: u8 = 0;
  // ready-state.ts: the only writer
  phase: u8 = 0;
  // deadlines.ts: the timer the host holds, one at most
  timer: u8 = 0;
  // send-queue.ts: the order of the next first block
  sendOrder: u8 = 0;
  flags: u32 = 0;
  // turn.ts: the dirty list; socket-table.ts: the free list
  next: usize = 0;
  /** Counted (M95). */
  suspended: u32 = 0;
  /** The listener's handle, for accepted sockets. */
  parent: u32 = 0;
  /** Why it failed, or 0. */
  reason: u32 = 0;

  // send-queue.ts
  sendHead: usize = 0;
  sendTail: usize = 0;
  inFlight: u32 = 0;
  highWaterMark: u32 = 0;
  lowWaterMark: u32 = 0;
  bufferedMax: u32 = 0;
  /** Bytes of the external tail of the queue, not yet sent. */
  external: u64 = 0;
  /** bufferedAmount: blocks and external, in flight or not. */
  buffered: u64 = 0;
  /** Of these, while UPGRADING, what leaves in plaintext. */
  plain: u64 = 0;

  // inputs.ts
  bytesSent: u64 = 0;
  bytesReceived: u64 = 0;
  discarded: u32 = 0;
  // deadlines.ts
  activity: u32 = 0;
  quietQuarters: u8 = 0;
  // upgrade.ts: PLAIN, UPGRADING, SECURING or SECURE
  security: u8 = 0;
  // framing/framing.ts: what messages are cut by
  framing: u8 = 0;
  framingFlags: u8 = 0;
  framingWidth: u8 = 0;
  // window.ts
  /** The most bytes it ever left before and behind the window's start, for zeroing. */
  stainedFront: u32 = 0;
  stainedBack: u32 = 0;

  // held.ts
  heldHead: usize = 0;
  heldTail: usize = 0;
  held: u32 = 0;
  // starved.ts: the list of those that wait for room
  starvedNext: usize = 0;
  // handshakes.ts: the list of accepted sockets in a handshake
  handshakeNext: usize = 0;
  handshakeBefore: usize = 0;

  // deadlines.ts
  connectTimeout: u32 = 0;
  idleTimeout: u32 = 0;
  handshakeTimeout: u32 = 0;
  activitySeen: u32 = 0;

  // framing/framing.ts: how its messages are cut
  /** Fixed: bytes of a message. Otherwise what stands in front of the length field. */
  framingOffset: u32 = 0;
  framingAdjust: i32 = 0;
  framingStrip: u32 = 0;
  /** The set of delimiters that end a message or its header, or 0. */
  delimiters: usize = 0;
  messageMax: u32 = 0;
  // framing/decode.ts: what is known of the message that what is held begins
  /** Bytes it takes at least; 0 while not known. */
  needed: u32 = 0;
  /** Bytes of it in which no delimiter ends. */
  searched: u32 = 0;
  /** Messages the next batch may have: few for apps that stop after few. */
  batchMax: u32 = 0;
  /** What `reason` is about: declared bytes, a rule (abi.ts). */
  detail: u64 = 0;

  // held.ts: listeners
  connections: u32 = 0;
  connectionsMax: u32 = 0;
  receiveBytes: u32 = 0;
  receiveBytesMax: u32 = 0;
  /** starved.ts: the handle of the accepted socket that may use all the room there is. */
  first: u32 = 0;
}

/** Record size; asserted by `initSockets` to hold a Socket. */
export const SOCKET_BYTES: u32 = 232;

/** The transport is up. */
export const CONNECTED: u32 = 1 << 0;
/** `open` waits to be announced. */
export const OPEN_PENDING: u32 = 1 << 1;
/** `connect` waits to be announced to the listener's owner. */
export const CONNECT_PENDING: u32 = 1 << 2;
export const ALLOW_HALF_OPEN: u32 = 1 << 3;
/** The peer's FIN has arrived; it takes effect behind all data (M48). */
export const PEER_ENDED: u32 = 1 << 4;
/** ... and it has taken effect. */
export const END_SEEN: u32 = 1 << 5;
/** halfClose() was called: no more sends. */
export const LOCAL_ENDED: u32 = 1 << 6;
export const FINISH_ORDERED: u32 = 1 << 7;
export const DESTROY_ORDERED: u32 = 1 << 8;
/** The transport is gone. */
export const GONE: u32 = 1 << 9;
/** The host has been told to pause. */
export const PAUSED: u32 = 1 << 10;
/** A send() returned false since the last drain (M71). */
export const WAITING_FOR_DRAIN: u32 = 1 << 11;
/** closeImmediately, or close before open: nothing more is transmitted. */
export const ABORTED: u32 = 1 << 12;
/** A failure waits to be announced. */
export const FAIL_PENDING: u32 = 1 << 13;
/** `error` or a clean end has been decided; `close` waits to be announced. */
export const CLOSE_PENDING: u32 = 1 << 14;
export const CLOSE_ANNOUNCED: u32 = 1 << 15;
/** Held bytes may contain something to deliver. */
export const HELD_PENDING: u32 = 1 << 16;
export const DRAIN_PENDING: u32 = 1 << 17;
/** The peer took longer over its FIN than LINGER_MILLISECONDS. */
export const LINGER_OVER: u32 = 1 << 18;
/** It is on the dirty list. */
export const DIRTY: u32 = 1 << 19;
/** Nobody takes data at present: the first that comes is held, and no more is read. */
export const UNCLAIMED: u32 = 1 << 20;
/** There was no room for a read: the host keeps it, and reports it again after ORDER_RESUME. */
export const HOST_HOLDS: u32 = 1 << 21;
/** Since a read was refused the host was told neither to pause nor to resume. */
export const RESUME_OWED: u32 = 1 << 23;
/** It is in the middle of a message and there is no room for more of it. */
export const STARVED: u32 = 1 << 22;
/** It is accepted, and in a TLS handshake. */
export const SHAKING_HANDS: u32 = 1 << 24;
/** The upgrade's handshake is verified; that waits to be announced. */
export const SECURED_PENDING: u32 = 1 << 25;
/** It was suspended in a part of this quarter of its idleTimeout. */
export const RESUMED: u32 = 1 << 26;
/** It counts among its listener's connections. */
export const COUNTED: u32 = 1 << 27;
/** What came last in plaintext found nobody who takes data. */
export const DROPPED: u32 = 1 << 28;
/** ORDER_FLUSH was given, and nothing gathered since. */
export const FLUSH_ORDERED: u32 = 1 << 29;

// What `security` may be, in this order (upgrade.ts).
export const PLAIN: u8 = 0;
/** `upgrade` was called; what was sent before it is still to be transmitted. */
export const UPGRADING: u8 = 1;
/** The handshake is under way. */
export const SECURING: u8 = 2;
export const SECURE: u8 = 3;

/**
 * assembly/wit/engine.wit as the canonical ABI lays it out: numbers of cases, places in memory.
 * Nothing but literals; test/component.test.ts plays every conformance script through them.
 */

// ---- op: its case in byte 0, what it carries from byte 4 on

export const OP_BYTES: u32 = 36;
export const OP_PAYLOAD: usize = 4;

export const OP_OPEN: u32 = 0;
export const OP_CONNECTED: u32 = 1;
export const OP_SECURED: u32 = 2;
export const OP_RECEIVED: u32 = 3;
export const OP_SENT: u32 = 4;
export const OP_ENDED: u32 = 5;
export const OP_FAILED: u32 = 6;
export const OP_CLOSED: u32 = 7;
export const OP_EXPIRED: u32 = 8;
export const OP_SEND: u32 = 9;
export const OP_SUSPEND: u32 = 10;
export const OP_RESUME: u32 = 11;
export const OP_CLAIM: u32 = 12;
export const OP_CLOSE: u32 = 13;
export const OP_ABORT: u32 = 14;
export const OP_HALF_CLOSE: u32 = 15;
export const OP_UPGRADE: u32 = 16;
export const OP_SET_FRAMING: u32 = 17;
export const OP_DELIVERED: u32 = 18;
export const OP_RUN_ON: u32 = 19;

// ---- setting: 8 bytes, its case in byte 0, its value from byte 4 on

export const SETTING_BYTES: u32 = 8;
export const SETTING_HIGH_WATER_MARK: u32 = 0;
export const SETTING_LOW_WATER_MARK: u32 = 1;
export const SETTING_MAX_BUFFERED: u32 = 2;
export const SETTING_ALLOW_HALF_OPEN: u32 = 3;
export const SETTING_SECURE: u32 = 4;
export const SETTING_CONNECT_TIMEOUT: u32 = 5;
export const SETTING_IDLE_TIMEOUT: u32 = 6;
export const SETTING_HANDSHAKE_TIMEOUT: u32 = 7;
export const SETTING_MAX_CONNECTIONS: u32 = 8;
export const SETTING_MAX_RECEIVE_BYTES: u32 = 9;
export const SETTING_STEPWISE: u32 = 10;

// ---- framing: its case in byte 0, what it carries from byte 4 on

export const FRAMING_CASE_FIXED: u32 = 0;
export const FRAMING_CASE_LENGTH_PREFIXED: u32 = 1;
export const FRAMING_CASE_VARINT: u32 = 2;
export const FRAMING_CASE_DELIMITED: u32 = 3;
export const FRAMING_CASE_NETSTRING: u32 = 4;
export const FRAMING_CASE_SLIP: u32 = 5;
export const FRAMING_CASE_COBS: u32 = 6;
export const FRAMING_CASE_CONTENT_LENGTH: u32 = 7;

// ---- event: its case in byte 0, what it carries from byte 8 on

export const EVENT_BYTES: u32 = 24;
export const EVENT_PAYLOAD: usize = 8;

export const CASE_OPENED: u32 = 0;
export const CASE_REFUSED: u32 = 1;
export const CASE_ABOVE_MARK: u32 = 2;
export const CASE_OPEN: u32 = 3;
export const CASE_CONNECT: u32 = 4;
export const CASE_DATA: u32 = 5;
export const CASE_MESSAGES: u32 = 6;
export const CASE_DRAIN: u32 = 7;
export const CASE_END: u32 = 8;
export const CASE_ERROR: u32 = 9;
export const CASE_CLOSE: u32 = 10;
export const CASE_SECURE: u32 = 11;
export const CASE_TRANSMIT: u32 = 12;
export const CASE_PAUSE: u32 = 13;
export const CASE_RESUME: u32 = 14;
export const CASE_FINISH: u32 = 15;
export const CASE_DESTROY: u32 = 16;
export const CASE_START_TLS: u32 = 17;
export const CASE_TIMER: u32 = 18;
export const CASE_RELEASED: u32 = 19;
export const CASE_AGAIN: u32 = 20;

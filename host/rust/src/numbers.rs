//! The numbers of docs/abi.md under names, as far as this host uses them.

pub const CLIENT: i32 = 0;
pub const ACCEPTED: i32 = 1;
pub const LISTENER: i32 = 2;
pub const E_STALE: i32 = -2;
pub const E_BUSY: i32 = -4;
pub const NO_LIMIT: u32 = u32::MAX;

/// Words of the control block.
#[derive(Clone, Copy)]
pub enum Control {
    Magic = 0,
    Abi = 1,
    Window = 2,
    WindowBytes = 3,
    Records = 5,
    Iov = 7,
    Sockets = 11,
    Scratch = 15,
    Interrupted = 18,
    Encodes = 19,
    Encoded = 20,
}

/// Kinds of records: events, and from 16 on orders.
pub mod kind {
    pub const OPEN: u32 = 1;
    pub const DATA: u32 = 2;
    pub const MESSAGES: u32 = 3;
    pub const DRAIN: u32 = 4;
    pub const END: u32 = 5;
    pub const ERROR: u32 = 6;
    pub const CLOSE: u32 = 7;
    pub const CONNECT: u32 = 8;
    pub const SECURE: u32 = 9;
    pub const FLUSH: u32 = 16;
    pub const PAUSE: u32 = 17;
    pub const RESUME: u32 = 18;
    pub const FINISH: u32 = 19;
    pub const DESTROY: u32 = 20;
    pub const TIMER: u32 = 22;
    pub const RELEASED: u32 = 31;
}

#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub kind: u32,
    pub socket: i32,
    pub a: u32,
    pub b: u32,
    pub c: u32,
}

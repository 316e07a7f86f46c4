//! What a program is to this host: a handler of events.

use crate::core::Result;
use crate::engine::Engine;

pub enum Event<'a> {
    Open,
    /// A listener accepted the socket.
    Connect,
    /// Once for each message.
    Message(&'a [u8]),
    Drain,
    /// `Close` follows.
    Error(u32),
    Close,
}

pub trait App {
    fn event(&mut self, engine: &mut Engine, socket: i32, event: Event) -> Result<()>;
}

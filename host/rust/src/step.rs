//! The other half of the loop, on mio: reports what the sockets do. Bytes are read straight into the core's
//! window and written from where the core has them. mio says only once that there is something to read:
//! that it was said while paused, or that not all was read, is remembered (`readable`, `ready`).

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::time::{Duration, Instant};

use mio::{Events, Token};

use crate::app::App;
use crate::core::Result;
use crate::engine::Engine;
use crate::numbers::E_BUSY;
use crate::socket::Transport;

/// Of the waker of whoever wants a step to end.
pub const WAKER: Token = Token(usize::MAX);

impl Engine {
    /// Waits once, `deadline` at the latest, and does all that follows. True if somebody used the waker.
    pub fn step(&mut self, app: &mut impl App, deadline: Option<Instant>) -> Result<bool> {
        self.turn(app)?; // what was commanded since
        let first = self.timers.first().map(|&(due, _)| due);
        let until = first.into_iter().chain(deadline).min();
        let left = until.map(|time| time.saturating_duration_since(Instant::now()));
        let timeout = if self.ready.is_empty() { left } else { Some(Duration::ZERO) };
        let mut events = Events::with_capacity(256);
        match self.poll.poll(&mut events, timeout) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        for event in &events {
            let handle = event.token().0 as i32;
            if event.is_writable() {
                self.end_connecting(handle)?;
                self.write_out(handle)?;
                self.turn(app)?;
            }
            if let Some(socket) = self.sockets.get_mut(&handle) {
                socket.readable = true;
                self.ready.insert(handle);
            }
        }
        for handle in std::mem::take(&mut self.ready) {
            self.accept(handle)?;
            self.read(handle)?;
            self.turn(app)?;
        }
        self.fire_timers(app)?;
        Ok(events.iter().any(|event| event.token() == WAKER))
    }

    /// Writes what was gathered and is not sent, until the kernel has no room; mio says when it has.
    pub fn write_out(&mut self, handle: i32) -> Result<()> {
        let Some(socket) = self.sockets.get_mut(&handle) else { return Ok(()) };
        while !socket.gathered.is_empty() {
            let Transport::Stream(stream) = &socket.transport else { return Ok(()) };
            let mut outside = &*socket.outside.make_contiguous();
            let memory = self.core.bytes();
            let parts = socket.gathered.iter().map(|&[address, length]| {
                let (address, length) = (address as usize, length as usize);
                if address > 0 {
                    return IoSlice::new(&memory[address..address + length]);
                }
                let (part, rest) = outside.split_at(length);
                outside = rest;
                IoSlice::new(part)
            });
            match (&*stream).write_vectored(&parts.collect::<Vec<_>>()) {
                Ok(taken) => {
                    self.core.sent(handle, taken as i32)?;
                    socket.confirm(taken);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return self.fail(handle, &error),
            }
        }
        Ok(())
    }

    /// One read; if there may be more, the next step goes on.
    fn read(&mut self, handle: i32) -> Result<()> {
        let Some(socket) = self.sockets.get_mut(&handle) else { return Ok(()) };
        let Transport::Stream(stream) = &socket.transport else { return Ok(()) };
        if !socket.reading || !socket.readable {
            return Ok(());
        }
        let window = self.core.window();
        match (&*stream).read(&mut self.core.bytes_mut()[window]) {
            Ok(0) => {
                socket.readable = false;
                self.core.ended(handle)?;
            }
            Ok(count) => {
                self.ready.insert(handle);
                self.take_read(handle, count)?;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => socket.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => _ = self.ready.insert(handle),
            Err(error) => self.fail(handle, &error)?,
        }
        Ok(())
    }

    /// So many bytes lie in the window. The core may have no room: then they wait here until it has.
    pub fn take_read(&mut self, handle: i32, count: usize) -> Result<()> {
        if self.core.received(handle, count as i32)? == E_BUSY {
            let start = self.core.window().start;
            if let Some(socket) = self.sockets.get_mut(&handle) {
                socket.kept = self.core.bytes()[start..start + count].to_vec();
                socket.reading = false;
            }
        }
        Ok(())
    }

    fn fire_timers(&mut self, app: &mut impl App) -> Result<()> {
        while let Some(&(due, handle)) = self.timers.first() {
            if due > Instant::now() {
                break;
            }
            self.timers.pop_first();
            let socket = self.sockets.get_mut(&handle);
            if let Some((_, kind)) = socket.and_then(|socket| socket.timer.take()) {
                self.core.expired(handle, kind)?;
                self.turn(app)?;
            }
        }
        Ok(())
    }

    /// Kind 0 for none. A socket has one.
    pub fn set_timer(&mut self, handle: i32, kind: i32, milliseconds: u32) {
        let Some(socket) = self.sockets.get_mut(&handle) else { return };
        if let Some((due, _)) = socket.timer.take() {
            self.timers.remove(&(due, handle));
        }
        if kind != 0 {
            let due = Instant::now() + Duration::from_millis(milliseconds.into());
            socket.timer = Some((due, kind));
            self.timers.insert((due, handle));
        }
    }
}

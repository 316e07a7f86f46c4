//! One half of the loop of docs/abi.md: obeys the core's orders and hands its events to the app. Bytes are
//! written from where the core has them. It decides nothing: one write and one timer at a time, because the
//! core says so.

use std::collections::{BTreeSet, HashMap};
use std::net::Shutdown;
use std::time::Instant;

use crate::app::{App, Event};
use crate::core::{Core, Result};
use crate::numbers::{Control, E_STALE, Record, kind};
use crate::socket::{Socket, Transport};

pub struct Engine {
    pub core: Core,
    pub sockets: HashMap<i32, Socket>,
    pub poll: mio::Poll,
    /// Sockets that may have more to read, or to accept.
    pub ready: BTreeSet<i32>,
    pub timers: BTreeSet<(Instant, i32)>,
    /// A listener for whose connections no file could be had; it can when another is closed.
    pub full: Option<i32>,
    /// Sockets of which something is to be reported when all is said.
    late: Vec<i32>,
    message: Vec<u8>,
}

impl Engine {
    pub fn new(path: &str) -> Result<Self> {
        let core = Core::new(&Core::module(path)?, [0, 0, 0])?;
        Ok(Self {
            core,
            poll: mio::Poll::new()?,
            sockets: HashMap::new(),
            ready: BTreeSet::new(),
            timers: BTreeSet::new(),
            full: None,
            late: Vec::new(),
            message: Vec::new(),
        })
    }

    pub fn living(&self) -> bool {
        self.core.word(Control::Sockets) > 0
    }

    /// 1: at or below the high-water mark; 0: queued, but above it; negative: refused.
    pub fn send(&mut self, handle: i32, payload: &[u8]) -> Result<i32> {
        match self.sockets.get_mut(&handle) {
            Some(socket) => self.core.send(handle, payload, &mut socket.outside, false),
            None => Ok(E_STALE),
        }
    }

    /// Does all that is to be done; after every report, and after commands from outside a handler.
    pub fn turn(&mut self, app: &mut impl App) -> Result<()> {
        loop {
            let records = self.core.records()?;
            for record in &records {
                self.handle(record, app)?;
            }
            if records.is_empty() {
                match self.late.pop() {
                    Some(handle) => self.report_late(handle)?,
                    None => return Ok(()),
                }
            }
        }
    }

    fn handle(&mut self, record: &Record, app: &mut impl App) -> Result<()> {
        let event = match record.kind {
            kind::OPEN => Event::Open,
            kind::MESSAGES => return self.hand_over(record, app),
            kind::DRAIN => Event::Drain,
            kind::ERROR => Event::Error(record.a),
            kind::CLOSE => Event::Close,
            kind::CONNECT => Event::Connect,
            kind::FLUSH.. => return self.obey(record),
            _ => return Ok(()),
        };
        app.event(self, record.socket, event)
    }

    /// Message by message, as long as the app takes them.
    fn hand_over(&mut self, batch: &Record, app: &mut impl App) -> Result<()> {
        let mut message = std::mem::take(&mut self.message);
        for index in 0..batch.b {
            message.clear();
            message.extend_from_slice(&self.core.bytes()[self.core.message(batch, index)]);
            app.event(self, batch.socket, Event::Message(&message))?;
            if self.core.word(Control::Interrupted) == 1 {
                self.core.delivered(batch.socket, index as i32 + 1)?;
                break;
            }
        }
        self.message = message;
        Ok(())
    }

    fn obey(&mut self, record: &Record) -> Result<()> {
        let handle = record.socket;
        let Some(socket) = self.sockets.get_mut(&handle) else { return Ok(()) };
        match record.kind {
            kind::FLUSH => {
                socket.gathered = self.core.gathered(handle)?.into();
                self.write_out(handle)?;
            }
            kind::PAUSE => socket.reading = false,
            kind::RESUME => {
                socket.reading = true;
                self.late.push(handle); // what is kept, or may be there to be read
            }
            kind::FINISH => {
                if let Transport::Stream(stream) = &socket.transport {
                    let _ = stream.shutdown(Shutdown::Write); // broken ones are found out by reading
                }
            }
            kind::DESTROY => {
                socket.transport = Transport::Gone;
                self.late.push(handle);
                self.ready.extend(self.full.take());
            }
            kind::TIMER => self.set_timer(handle, record.a as i32, record.b),
            kind::RELEASED => {
                self.set_timer(handle, 0, 0);
                self.sockets.remove(&handle);
            }
            _ => {}
        }
        Ok(())
    }

    /// What may not be reported in the midst of records.
    fn report_late(&mut self, handle: i32) -> Result<()> {
        let Some(socket) = self.sockets.get_mut(&handle) else { return Ok(()) };
        if matches!(socket.transport, Transport::Gone) {
            self.core.closed(handle)?;
            return Ok(());
        }
        self.ready.insert(handle);
        let kept = std::mem::take(&mut socket.kept);
        if kept.is_empty() {
            return Ok(());
        }
        let window = self.core.window();
        self.core.write(window.start, &kept);
        self.take_read(handle, kept.len())
    }
}

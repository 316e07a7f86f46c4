//! What the core says while a script is played: goes into the transcript, and to what the script's app does in
//! its handlers. What is to be written counts as written when it was gathered.

use super::Player;
use super::script::{REASONS, name_of, text};
use crate::core::Result;
use crate::numbers::{Control, Record, kind};

impl Player {
    /// Until nothing more is said.
    pub fn run(&mut self) -> Result<()> {
        loop {
            let records = self.core.records()?;
            if records.is_empty() {
                return Ok(());
            }
            for record in records {
                let Some(name) = self.names.get(&record.socket).cloned() else {
                    return Err(format!("record {} of an unknown socket", record.kind).into());
                };
                self.hear(&name, &record)?;
            }
        }
    }

    fn hear(&mut self, name: &str, record: &Record) -> Result<()> {
        let word = match record.kind {
            kind::MESSAGES => return self.hand_over(name, record),
            kind::DATA => {
                let start = record.a as usize;
                let data = self.core.bytes()[start..start + record.b as usize].to_vec();
                return self.say(name, "data", "data", Some(&data));
            }
            kind::FLUSH => return self.gather(name, record.socket),
            kind::ERROR => {
                let why = name_of(REASONS, record.a as usize);
                return self.say(name, "error", &format!("error {why}"), None);
            }
            kind::CLOSE if record.a == 1 => return self.say(name, "close", "close clean", None),
            kind::CLOSE => "close",
            kind::OPEN => "open",
            kind::DRAIN => "drain",
            kind::END => "end",
            kind::CONNECT => "connect",
            kind::SECURE => "secure",
            _ => return Ok(()),
        };
        self.say(name, word, word, None)
    }

    fn hand_over(&mut self, name: &str, batch: &Record) -> Result<()> {
        self.stopped = false;
        for index in 0..batch.b {
            let message = self.core.bytes()[self.core.message(batch, index)].to_vec();
            self.say(name, "message", "message", Some(&message))?;
            if self.stopped || self.core.word(Control::Interrupted) == 1 {
                self.core.delivered(batch.socket, index as i32 + 1)?;
                return Ok(());
            }
        }
        self.run_handlers(name, "messages")
    }

    fn gather(&mut self, name: &str, handle: i32) -> Result<()> {
        for [address, length] in self.core.gathered(handle)? {
            let (address, length) = (address as usize, length as usize);
            let silent = self.silent;
            let part: Vec<u8> = if address == 0 {
                self.seat(name)?.outside.drain(..length).collect()
            } else {
                self.core.bytes()[address..address + length].to_vec()
            };
            let seat = self.seat(name)?;
            seat.in_flight += length;
            if !silent {
                seat.said.say(name, "tx", Some(&part));
            }
        }
        Ok(())
    }

    fn say(
        &mut self,
        name: &str,
        event: &'static str,
        what: &str,
        bytes: Option<&[u8]>,
    ) -> Result<()> {
        if !self.silent {
            self.seat(name)?.said.say(name, what, bytes);
        }
        self.run_handlers(name, event)
    }

    /// What the app does in this event.
    fn run_handlers(&mut self, name: &str, event: &'static str) -> Result<()> {
        let counter = self.seat(name)?.counts.entry(event).or_default();
        *counter += 1;
        let count = *counter;
        let mut at = 0;
        while at < self.handlers.len() {
            let op = &self.handlers[at];
            if text(op, "s") != name || op["after"][event] != count {
                at += 1;
                continue;
            }
            let op = self.handlers.remove(at);
            self.act(&op)?;
        }
        Ok(())
    }
}

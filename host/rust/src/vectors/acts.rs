//! What the lines of a conformance script do: each operation is one call of the core, or two.

use serde_json::Value;

use super::Player;
use super::script::{
    REASONS, ROLES, TIMERS, bytes_of, framing_words, number_of, option_words, text,
};
use super::steps::check;
use crate::core::Result;
use crate::numbers::LISTENER;

impl Player {
    /// And compares what came of it with what the script says.
    pub fn act(&mut self, op: &Value) -> Result<()> {
        let result = match text(op, "op") {
            "open" => self.open(op),
            "send" => self.send(op),
            name => {
                let handle = self.seat(text(op, "s"))?.handle;
                self.act_on(handle, name, op)
            }
        };
        check(op, result?)
    }

    fn open(&mut self, op: &Value) -> Result<i32> {
        let role = number_of(ROLES, text(op, "role"));
        let parent = self.seats.get(text(op, "parent")).map_or(0, |seat| seat.handle);
        let words = self.core.configure(&option_words(&op["options"]));
        let handle = self.core.open(role, parent, words)?;
        if handle < 0 {
            return Ok(handle);
        }
        let name = text(op, "s").to_owned();
        self.names.insert(handle, name.clone());
        self.seats.entry(name).or_default().handle = handle;
        let own = op.get("framing");
        let framing = own.cloned().unwrap_or_else(|| self.framing.clone());
        if own.is_none() && (role == LISTENER || framing.is_null()) {
            return Ok(0);
        }
        self.set_framing(handle, &framing)
    }

    fn set_framing(&mut self, handle: i32, framing: &Value) -> Result<i32> {
        let words = self.core.configure(&framing_words(framing));
        self.core.set_framing(handle, words)
    }

    fn send(&mut self, op: &Value) -> Result<i32> {
        let name = text(op, "s");
        let seat = self.seats.get_mut(name).ok_or_else(|| format!("no socket {name}"))?;
        self.core.send(seat.handle, &bytes_of(op), &mut seat.outside, op["external"] == true)
    }

    fn act_on(&mut self, handle: i32, name: &str, op: &Value) -> Result<i32> {
        let core = &mut self.core;
        match name {
            "connected" => core.connected(handle),
            "secured" => core.secured(handle),
            "ended" => core.ended(handle),
            "failed" => core.failed(handle, number_of(REASONS, text(op, "reason"))),
            "expired" => core.expired(handle, number_of(TIMERS, text(op, "timer"))),
            "closed" => {
                self.seat(text(op, "s"))?.in_flight = 0;
                self.core.closed(handle)
            }
            "suspend" => core.suspend(handle),
            "resume" => core.resume(handle),
            "claim" => core.claim(handle, 1),
            "unclaim" => core.claim(handle, 0),
            "close" => core.close(handle),
            "abort" => core.abort(handle),
            "halfClose" => core.half_close(handle),
            "upgrade" => core.upgrade(handle),
            "ignore" => core.delivered(handle, 0),
            "setFraming" => self.set_framing(handle, &op["framing"]),
            "stopAfter" => {
                self.stopped = true;
                Ok(0)
            }
            _ => Err(format!("unknown operation {name}").into()),
        }
    }
}

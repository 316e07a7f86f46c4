//! The steps of a conformance script: an operation, whole or in pieces, and what the core says to it.

use serde_json::Value;

use super::script::{REFUSALS, bytes_of, name_of, text, word};
use super::{Player, Seat};
use crate::core::Result;
use crate::numbers::Control;

const PIECE_MAX: usize = 16_384;

impl Player {
    pub fn step(&mut self, op: &Value) -> Result<()> {
        let name = text(op, "s");
        let turn = op["turn"] != Value::Bool(false);
        match text(op, "op") {
            "received" => return self.receive(op, turn),
            "sent" if op["n"] == "all" => {
                while self.seat(name)?.in_flight > 0 {
                    self.take(op, self.seats[name].in_flight, true)?;
                }
                return Ok(());
            }
            "sent" => return self.take(op, word(op, "n", 0) as usize, turn),
            _ => self.act(op)?,
        }
        if op["up"] == true {
            if text(op, "role") != "accepted" {
                let handle = self.seat(name)?.handle;
                self.core.connected(handle)?;
            }
            self.silent = true;
            self.run()?;
            self.silent = false;
        } else if turn {
            self.run()?;
        }
        Ok(())
    }

    fn receive(&mut self, op: &Value, turn: bool) -> Result<()> {
        let handle = self.seat(text(op, "s"))?.handle;
        let bytes = bytes_of(op);
        let mut begin = 0;
        for count in pieces(op, bytes.len()) {
            let window = self.core.word(Control::Window) as usize;
            self.core.write(window, &bytes[begin..begin + count]);
            begin += count;
            let result = self.core.received(handle, count as i32)?;
            check(op, result)?;
            if turn {
                self.run()?;
            }
        }
        Ok(())
    }

    fn take(&mut self, op: &Value, count: usize, turn: bool) -> Result<()> {
        for count in pieces(op, count) {
            let handle = self.seat(text(op, "s"))?.handle;
            let result = self.core.sent(handle, count as i32)?;
            check(op, result)?;
            if result >= 0 {
                self.seat(text(op, "s"))?.in_flight -= count;
            }
            if turn {
                self.run()?;
            }
        }
        Ok(())
    }

    pub fn seat(&mut self, name: &str) -> Result<&mut Seat> {
        self.seats.get_mut(name).ok_or_else(|| format!("no socket {name}").into())
    }
}

/// In what pieces so many bytes come, or are taken: `pieces`, the last for the rest, of at most 16,384 bytes.
fn pieces(op: &Value, length: usize) -> Vec<usize> {
    let sizes = op["pieces"].as_array().map_or(&[][..], Vec::as_slice);
    let mut pieces = Vec::new();
    let mut left = length;
    while left > 0 || pieces.is_empty() {
        let size = sizes.get(pieces.len()).or(sizes.last()).and_then(Value::as_u64);
        let size = size.map_or(PIECE_MAX, |size| size as usize).min(PIECE_MAX).min(left);
        pieces.push(size);
        left -= size;
    }
    pieces
}

/// Whether it was refused, and what it returned, as the script says.
pub fn check(op: &Value, result: i32) -> Result<()> {
    let refused = match result {
        0.. => "",
        -6..0 => name_of(REFUSALS, -result as usize),
        _ => "range",
    };
    let returned = op["returns"].as_bool().is_none_or(|returns| returns == (result == 1));
    if refused == text(op, "refused") && returned {
        return Ok(());
    }
    Err(format!("{} of {} returned {result}", text(op, "op"), text(op, "s")).into())
}

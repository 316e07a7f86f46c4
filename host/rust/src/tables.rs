//! What the core leaves in its tables, and how a payload gets in: into engine memory if there is room, else,
//! framed piece by piece, behind the bytes that the host keeps for the socket (`Outside`).

use std::array::from_fn;
use std::ops::Range;

use crate::core::{Core, Outside, Result};
use crate::numbers::{Control, Record};

const RECORD_BYTES: usize = 32;
const ENCODE_PART_BYTES: usize = 1024;

impl Core {
    /// All there is to say for now; none when all is said.
    pub fn records(&mut self) -> Result<Vec<Record>> {
        let count = self.poll(1)? as usize;
        let table = self.word(Control::Records) as usize;
        Ok((0..count)
            .map(|index| {
                let [kind, socket, a, b, c] = self.words(table + index * RECORD_BYTES);
                Record { kind, socket: socket as i32, a, b, c }
            })
            .collect())
    }

    /// Where a message of a batch lies: it is the app's until the next poll.
    pub fn message(&self, batch: &Record, index: u32) -> Range<usize> {
        let [offset, size] = self.words((batch.a + index * 8) as usize);
        let start = (batch.c + offset) as usize;
        start..start + size as usize
    }

    /// What is to be written, addresses and lengths. Address 0: from the front of what is outside.
    pub fn gathered(&mut self, socket: i32) -> Result<Vec<[u32; 2]>> {
        let count = self.gather(socket)?;
        let table = self.word(Control::Iov) as usize;
        Ok((0..count.max(0) as usize).map(|index| self.words(table + index * 8)).collect())
    }

    /// 1: at or below the high-water mark; 0: queued, but above it; negative: refused.
    pub fn send(
        &mut self,
        socket: i32,
        payload: &[u8],
        outside: &mut Outside,
        external: bool,
    ) -> Result<i32> {
        let in_memory = !external || payload.is_empty();
        let place = if in_memory { self.reserve(socket, payload.len() as i32)? } else { 0 };
        if place > 0 {
            self.write(place as usize, payload);
            return self.commit(socket, payload.len() as i32);
        }
        if place < 0 {
            return Ok(place);
        }
        match self.encode(socket, payload)? {
            Err(refusal) => Ok(refusal),
            Ok(frame) if frame.is_empty() => self.commit(socket, 0), // nothing, unframed
            Ok(frame) => {
                let result = self.send_external(socket, frame.len() as f64)?;
                if result >= 0 {
                    outside.extend(frame);
                }
                Ok(result)
            }
        }
    }

    /// The frame of a payload, piece by piece; or why it is no message.
    fn encode(&mut self, socket: i32, payload: &[u8]) -> Result<std::result::Result<Vec<u8>, i32>> {
        let mut frame = Vec::with_capacity(payload.len() + 16);
        let made = self.encode_begin(socket, payload.len() as f64)?;
        if !self.take_encoded(made, &mut frame) {
            return Ok(Err(made));
        }
        if self.word(Control::Encodes) == 0 {
            frame.extend_from_slice(payload);
        } else {
            for part in payload.chunks(ENCODE_PART_BYTES) {
                self.write(self.word(Control::Scratch) as usize, part);
                let made = self.encode_part(socket, part.len() as i32)?;
                if !self.take_encoded(made, &mut frame) {
                    return Ok(Err(made));
                }
            }
        }
        let made = self.encode_end(socket)?;
        Ok(if self.take_encoded(made, &mut frame) { Ok(frame) } else { Err(made) })
    }

    fn take_encoded(&self, made: i32, frame: &mut Vec<u8>) -> bool {
        let start = self.word(Control::Encoded) as usize;
        if made > 0 {
            frame.extend_from_slice(&self.bytes()[start..start + made as usize]);
        }
        made >= 0
    }

    pub fn words<const COUNT: usize>(&self, address: usize) -> [u32; COUNT] {
        let bytes = &self.bytes()[address..address + COUNT * 4];
        from_fn(|index| u32::from_le_bytes(from_fn(|byte| bytes[index * 4 + byte])))
    }
}

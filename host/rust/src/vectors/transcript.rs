//! The transcript of a script and its digest: lines for events, bytes by length and SHA-256, wire bytes last.

use sha2::{Digest, Sha256};

pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What one socket has said, as test/vectors/README.md ("Digests") writes it.
#[derive(Default)]
pub struct Transcript {
    lines: String,
    data: Vec<u8>,
    wire: Vec<u8>,
}

impl Transcript {
    /// An event; some carry bytes. Data are joined, and wire bytes stand last.
    pub fn say(&mut self, socket: &str, what: &str, bytes: Option<&[u8]>) {
        match (what, bytes) {
            ("tx", Some(bytes)) => return self.wire.extend_from_slice(bytes),
            ("data", Some(bytes)) => return self.data.extend_from_slice(bytes),
            _ => self.end_data(socket),
        }
        self.lines += &match bytes {
            Some(bytes) => line_of(socket, what, bytes),
            None => format!("{socket} {what}\n"),
        };
    }

    fn end_data(&mut self, socket: &str) {
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() {
            self.lines += &line_of(socket, "data", &data);
        }
    }

    pub fn end(&mut self, socket: &str) -> &str {
        self.end_data(socket);
        let wire = std::mem::take(&mut self.wire);
        if !wire.is_empty() {
            self.lines += &line_of(socket, "tx", &wire);
        }
        &self.lines
    }
}

fn line_of(socket: &str, what: &str, bytes: &[u8]) -> String {
    format!("{socket} {what} {} {}\n", bytes.len(), hash(bytes))
}

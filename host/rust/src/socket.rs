//! What this host keeps of a socket, beside what the core does.

use std::collections::VecDeque;
use std::time::Instant;

use mio::net::{TcpListener, TcpStream};

use crate::core::Outside;

pub enum Transport {
    Listener(TcpListener),
    Connecting(TcpStream),
    Stream(TcpStream),
    Gone,
}

pub struct Socket {
    pub transport: Transport,
    /// Whether the core wants to be told what comes.
    pub reading: bool,
    /// Whether something may have come.
    pub readable: bool,
    /// A read that the core cannot take yet.
    pub kept: Vec<u8>,
    /// The write in flight, addresses and lengths.
    pub gathered: VecDeque<[u32; 2]>,
    pub outside: Outside,
    pub timer: Option<(Instant, i32)>,
}

impl Socket {
    pub fn new(transport: Transport, reading: bool) -> Self {
        Self {
            transport,
            reading,
            readable: false,
            kept: Vec::new(),
            gathered: VecDeque::new(),
            outside: Outside::new(),
            timer: None,
        }
    }

    /// It is connected.
    pub fn settle(&mut self) {
        self.transport = match std::mem::replace(&mut self.transport, Transport::Gone) {
            Transport::Connecting(stream) => Transport::Stream(stream),
            other => other,
        };
    }

    /// The kernel took so many bytes of what was gathered.
    pub fn confirm(&mut self, mut taken: usize) {
        while let Some([address, length]) = self.gathered.front_mut() {
            let part = taken.min(*length as usize);
            if *address == 0 {
                self.outside.drain(..part);
            } else {
                *address += part as u32;
            }
            *length -= part as u32;
            taken -= part;
            if *length > 0 {
                return;
            }
            self.gathered.pop_front();
        }
    }
}

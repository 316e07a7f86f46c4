//! Opens the sockets: each is one of the system's and one of the core's. What they may buffer and how long they
//! may be idle is said here, and the core sees to it.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Token};

use crate::core::Result;
use crate::engine::Engine;
use crate::numbers::{ACCEPTED, CLIENT, LISTENER, NO_LIMIT};
use crate::socket::{Socket, Transport};

/// High-water mark, low-water mark, no limit, no flags, connect and idle timeout, connections.
const OPTIONS: [u32; 7] = [131_072, 32_768, NO_LIMIT, 0, 5_000, 10_000, NO_LIMIT];
/// Four bytes, big endian, are the length of what follows them, and are not delivered.
const LENGTH_PREFIXED: [u32; 8] = [2, 0, 0, 0, 4, 0, 4, 0];

impl Engine {
    /// Its handle and its port.
    pub fn listen(&mut self, port: u16) -> Result<(i32, u16)> {
        let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let port = listener.local_addr()?.port();
        let handle = self.open(LISTENER, 0)?.ok_or("no socket left")?;
        let token = Token(handle as usize);
        self.poll.registry().register(&mut listener, token, Interest::READABLE)?;
        self.sockets.insert(handle, Socket::new(Transport::Listener(listener), false));
        self.core.connected(handle)?;
        Ok((handle, port))
    }

    pub fn connect(&mut self, port: u16) -> Result<i32> {
        let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let handle = self.open(CLIENT, 0)?.ok_or("no socket left")?;
        self.watch(handle, stream, Transport::Connecting, true)?;
        Ok(handle)
    }

    /// The core's half of a socket; `None` if it takes no further one.
    fn open(&mut self, role: i32, parent: i32) -> Result<Option<i32>> {
        let words = self.core.configure(&OPTIONS);
        let handle = self.core.open(role, parent, words)?;
        if handle < 0 {
            return Ok(None);
        }
        if role != ACCEPTED {
            let words = self.core.configure(&LENGTH_PREFIXED);
            self.core.set_framing(handle, words)?; // accepted ones have their listener's
        }
        Ok(Some(handle))
    }

    fn watch(
        &mut self,
        handle: i32,
        mut stream: TcpStream,
        transport: fn(TcpStream) -> Transport,
        reading: bool,
    ) -> Result<()> {
        let both = Interest::READABLE | Interest::WRITABLE;
        self.poll.registry().register(&mut stream, Token(handle as usize), both)?;
        let _ = stream.set_nodelay(true); // a connection broken by now is found out by reading
        self.sockets.insert(handle, Socket::new(transport(stream), reading));
        Ok(())
    }

    /// One connection; those behind it are for the next step.
    pub fn accept(&mut self, listener: i32) -> Result<()> {
        let Some(Socket { transport: Transport::Listener(socket), .. }) =
            self.sockets.get(&listener)
        else {
            return Ok(());
        };
        match socket.accept() {
            Ok((stream, _)) => {
                self.ready.insert(listener);
                if let Some(handle) = self.open(ACCEPTED, listener)? {
                    self.watch(handle, stream, Transport::Stream, false)?; // read when ordered
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if is_transient(&error) => _ = self.ready.insert(listener),
            Err(_) => self.full = Some(listener), // no file can be had: when one is closed
        }
        Ok(())
    }

    /// Whether the attempt has ended, and how.
    pub fn end_connecting(&mut self, handle: i32) -> Result<()> {
        let Some(socket) = self.sockets.get_mut(&handle) else { return Ok(()) };
        let Transport::Connecting(stream) = &socket.transport else { return Ok(()) };
        if let Some(error) = stream.take_error()? {
            return self.fail(handle, &error);
        }
        if stream.peer_addr().is_err() {
            return Ok(()); // not yet
        }
        socket.settle();
        self.core.connected(handle)?;
        Ok(())
    }

    pub fn fail(&mut self, handle: i32, error: &io::Error) -> Result<()> {
        let reason = match error.kind() {
            ErrorKind::ConnectionRefused => 1,
            ErrorKind::TimedOut => 2,
            ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => 5,
            _ => 6, // any other network failure
        };
        if let Some(socket) = self.sockets.get_mut(&handle) {
            socket.reading = false;
            socket.gathered.clear();
        }
        self.core.failed(handle, reason)?;
        Ok(())
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted)
}

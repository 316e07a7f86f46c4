//! The programs: an echo server, a client that measures it, and a relay. Each is an `App`; what keeps memory
//! bounded is that whoever sends above the high-water mark stops reading until the drain.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::Waker;
use sha2::{Digest, Sha256};

use crate::app::{App, Event};
use crate::core::Result;
use crate::engine::Engine;
use crate::step::WAKER;

const TIME_TO_CLOSE: Duration = Duration::from_secs(2);
const TIME_TO_SEND: Duration = Duration::from_secs(60);

struct Echo;

impl App for Echo {
    fn event(&mut self, engine: &mut Engine, socket: i32, event: Event) -> Result<()> {
        match event {
            Event::Message(bytes) if engine.send(socket, bytes)? == 0 => {
                engine.core.suspend(socket)?;
            }
            Event::Drain => _ = engine.core.resume(socket)?,
            _ => {}
        }
        Ok(())
    }
}

pub fn serve(mut engine: Engine, port: u16) -> Result<()> {
    println!("listening {}", engine.listen(port)?.1);
    let waker = Arc::new(Waker::new(engine.poll.registry(), WAKER)?);
    let at_end = Arc::clone(&waker); // one that is dropped is not heard
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        at_end.wake().expect("the loop lives as long as the program");
    });
    while !engine.step(&mut Echo, None)? {}
    for handle in engine.sockets.keys().copied().collect::<Vec<_>>() {
        engine.core.close(handle)?;
    }
    let deadline = Instant::now() + TIME_TO_CLOSE; // for those who do not read
    while engine.living() && Instant::now() < deadline {
        engine.step(&mut Echo, Some(deadline))?;
    }
    Ok(())
}

struct Client {
    count: u32,
    sent: u32,
    echoed: u32,
    begin: Instant,
    took: Duration,
    sha256: Sha256,
}

impl Client {
    /// As many as may be buffered; the drain asks for more.
    fn send_more(&mut self, engine: &mut Engine, socket: i32) -> Result<()> {
        while self.sent < self.count {
            let length = 1 + u64::from(self.sent) * 7919 % 1000;
            let message: Vec<u8> = (0..length as u32).map(|j| (self.sent + j) as u8).collect();
            let result = engine.send(socket, &message)?;
            if result < 0 {
                return Err(format!("message {} was refused ({result})", self.sent).into());
            }
            self.sent += 1;
            if result == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl App for Client {
    fn event(&mut self, engine: &mut Engine, socket: i32, event: Event) -> Result<()> {
        match event {
            Event::Open => {
                self.begin = Instant::now();
                self.send_more(engine, socket)?;
            }
            Event::Drain => self.send_more(engine, socket)?,
            Event::Message(bytes) => {
                self.sha256.update(bytes);
                self.echoed += 1;
            }
            Event::Error(reason) => return Err(format!("error {reason}").into()),
            _ => {}
        }
        if self.echoed == self.count && self.took.is_zero() {
            self.took = self.begin.elapsed();
            engine.core.close(socket)?;
        }
        Ok(())
    }
}

pub fn send(mut engine: Engine, port: u16, count: u32) -> Result<()> {
    let (begin, took, sha256) = (Instant::now(), Duration::ZERO, Sha256::new());
    let mut client = Client { count, sent: 0, echoed: 0, begin, took, sha256 };
    engine.connect(port)?;
    let deadline = begin + TIME_TO_SEND;
    while engine.living() && Instant::now() < deadline {
        engine.step(&mut client, Some(deadline))?;
    }
    if client.echoed < count {
        return Err(format!("{} of {count} messages came back", client.echoed).into());
    }
    let rate = f64::from(count) / client.took.as_secs_f64();
    let digest = crate::hex(&client.sha256.finalize());
    println!("{count} messages, sha256 {digest}, {rate:.0} messages/s");
    Ok(())
}

//! The relay: what it receives on one connection it sends on another, as fast as that one takes it.

use crate::app::{App, Event};
use crate::core::Result;
use crate::engine::Engine;

struct Relay {
    next: u16,
    listener: i32,
    source: Option<i32>,
    sink: i32,
    ended: bool,
}

impl Relay {
    fn source_event(&mut self, engine: &mut Engine, source: i32, event: Event) -> Result<()> {
        match event {
            Event::Connect if self.source.is_none() => {
                self.source = Some(source);
                self.sink = engine.connect(self.next)?;
                engine.core.close(self.listener)?;
                engine.core.suspend(source)?; // until the sink is open
            }
            Event::Connect => _ = engine.core.abort(source)?,
            Event::Message(bytes) if engine.send(self.sink, bytes)? == 0 => {
                engine.core.suspend(source)?;
            }
            Event::Error(reason) => return Err(format!("the source failed ({reason})").into()),
            Event::Close if self.source == Some(source) => {
                self.ended = true;
                engine.core.close(self.sink)?; // flushes
            }
            _ => {}
        }
        Ok(())
    }
}

impl App for Relay {
    fn event(&mut self, engine: &mut Engine, socket: i32, event: Event) -> Result<()> {
        if socket != self.sink {
            return self.source_event(engine, socket, event);
        }
        match (event, self.source) {
            (Event::Open | Event::Drain, Some(source)) => _ = engine.core.resume(source)?,
            (Event::Error(reason), _) => return Err(format!("the sink failed ({reason})").into()),
            (Event::Close, _) if !self.ended => return Err("the sink ended first".into()),
            _ => {} // what comes back is nobody's
        }
        Ok(())
    }
}

pub fn relay(mut engine: Engine, next: u16) -> Result<()> {
    let (listener, port) = engine.listen(0)?;
    println!("listening {port}");
    let mut relay = Relay { next, listener, source: None, sink: 0, ended: false };
    while engine.living() {
        engine.step(&mut relay, None)?;
    }
    Ok(())
}

//! Plays conformance scripts (test/vectors/README.md) on the core and prints the digest of what each said.
//! There is no network and no clock: the script says what happens, and this does what a host does with it.

mod acts;
mod run;
mod script;
mod steps;
mod transcript;

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Write};

use serde_json::Value;

use crate::core::{Core, Outside, Result};
use script::{text, word};
use transcript::Transcript;

/// A socket of the script.
#[derive(Default)]
struct Seat {
    handle: i32,
    in_flight: usize,
    outside: Outside,
    said: Transcript,
    /// Of events, by name.
    counts: HashMap<&'static str, u64>,
}

struct Player {
    core: Core,
    framing: Value,
    /// What the app does in the events to come.
    handlers: Vec<Value>,
    /// By name, in the digest's order; and the names by handle.
    seats: BTreeMap<String, Seat>,
    names: HashMap<i32, String>,
    /// What is said is not written down.
    silent: bool,
    /// The app takes no more of the batch.
    stopped: bool,
}

/// Scripts one after the other; each begins with its header.
pub fn play_all(path: &str) -> Result<()> {
    let module = Core::module(path)?;
    let mut out = std::io::stdout().lock();
    let mut script: Vec<Value> = Vec::new();
    let mut answer = |script: &[Value]| {
        let Some(header) = script.first() else { return Ok(()) };
        match play(&module, script) {
            Ok(digest) => writeln!(out, "{} {digest}", text(header, "id")),
            Err(error) => {
                let why = error.to_string().replace('\n', " ");
                writeln!(out, "{} error {why}", text(header, "id"))
            }
        }
    };
    for line in std::io::stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        if !line["sansock"].is_null() {
            answer(&script)?;
            script.clear();
        }
        script.push(line);
    }
    answer(&script)?;
    Ok(())
}

fn play(module: &wasmi::Module, script: &[Value]) -> Result<String> {
    let (header, lines) = (&script[0], &script[1..]);
    let engine = &header["engine"];
    let sizes = [("memoryBytes", 16 << 20), ("maxSockets", 32), ("windowBytes", 16_384)];
    let (later, now): (Vec<_>, Vec<_>) =
        lines.iter().filter(|line| line["op"].is_string()).partition(|op| !op["after"].is_null());
    let mut player = Player {
        core: Core::new(module, sizes.map(|(name, otherwise)| word(engine, name, otherwise)))?,
        framing: header["framing"].clone(),
        handlers: later.into_iter().cloned().collect(),
        seats: BTreeMap::new(),
        names: HashMap::new(),
        silent: false,
        stopped: false,
    };
    for op in now {
        player.step(op)?;
    }
    if !player.handlers.is_empty() {
        return Err("a handler never ran".into());
    }
    let lines = player.seats.iter_mut().map(|(name, seat)| seat.said.end(name).to_owned());
    Ok(transcript::hash(lines.collect::<String>().as_bytes()))
}

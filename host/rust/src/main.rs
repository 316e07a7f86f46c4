//! The core of sansock in Rust: wasmi runs it, mio has the sockets. Four programs, see README.md.

mod app;
mod core;
mod engine;
mod numbers;
mod open;
mod relay;
mod socket;
mod step;
mod tables;
mod tcp;
mod vectors;

use std::process::ExitCode;

use crate::core::Result;
use crate::engine::Engine;

const CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../build/core.wasm");
const USAGE: &str = "vectors | serve [port] | send <port> <count> | relay <next port>";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sansock: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let path = std::env::var("SANSOCK_CORE").unwrap_or_else(|_| CORE.into());
    match words[..] {
        ["serve"] => tcp::serve(Engine::new(&path)?, 0),
        ["serve", port] => tcp::serve(Engine::new(&path)?, port.parse()?),
        ["send", port, count] => tcp::send(Engine::new(&path)?, port.parse()?, count.parse()?),
        ["relay", next] => relay::relay(Engine::new(&path)?, next.parse()?),
        ["vectors"] => vectors::play_all(&path),
        _ => Err(USAGE.into()),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! What a line of a conformance script says, in the core's terms: payloads as bytes, framings and options as
//! configuration words. test/vectors/schema.json says what may stand there.

use serde_json::Value;

use crate::numbers::NO_LIMIT;

/// Names in the order of their numbers.
pub const REASONS: &str = " refused timedOut notFound interrupted reset network engineMemory engineFailed \
    connectTimeout idleTimeout address tooLong tooLong malformed incomplete plaintextLeft batchUnsettled \
    handshakeTimeout tls certificate";
pub const ROLES: &str = "client accepted listener";
pub const TIMERS: &str = "none connect idle linger handshake";
pub const REFUSALS: &str = " arg stale state busy memory limit";
const TYPES: &str = " fixed lengthPrefixed varint delimited netstring slip cobs contentLength";
const OPTIONS: [(&str, u32); 9] = [
    ("highWaterMark", 65_536),
    ("lowWaterMark", 0),
    ("maxBufferedAmount", NO_LIMIT),
    ("allowHalfOpen", 0),
    ("connectTimeout", 0),
    ("idleTimeout", 0),
    ("maxConnections", NO_LIMIT),
    ("maxReceiveBytes", 0),
    ("handshakeTimeout", 0),
];

pub fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line[key].as_str().unwrap_or("")
}

/// The number that a name stands for; −1 for none, which the core refuses.
pub fn number_of(names: &str, name: &str) -> i32 {
    names.split(' ').position(|one| one == name).map_or(-1, |at| at as i32)
}

pub fn name_of(names: &str, number: usize) -> &str {
    names.split(' ').nth(number).unwrap_or("?")
}

pub fn word(line: &Value, key: &str, otherwise: u32) -> u32 {
    match &line[key] {
        Value::Bool(value) => u32::from(*value),
        value => value.as_i64().map_or(otherwise, |number| number as u32),
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|char| char as u8).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|char| char.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Of `hex`, `text`, `rep` (a pattern and how often), or `parts`.
pub fn bytes_of(written: &Value) -> Vec<u8> {
    if let Some(parts) = written["parts"].as_array() {
        return parts.iter().flat_map(bytes_of).collect();
    }
    if let Some(rep) = written["rep"].as_array() {
        return unhex(rep[0].as_str().unwrap_or("")).repeat(rep[1].as_u64().unwrap_or(0) as usize);
    }
    [unhex(text(written, "hex")), latin1(text(written, "text"))].concat()
}

/// No words for no framing.
pub fn framing_words(framing: &Value) -> Vec<u32> {
    let kind = text(framing, "type");
    if kind.is_empty() {
        return Vec::new();
    }
    let fixed = kind == "fixed";
    let place = word(framing, if fixed { "size" } else { "offset" }, 0);
    let width = if kind == "lengthPrefixed" { word(framing, "bytes", 4) } else { 0 };
    let bare = if fixed || place > 0 { 0 } else { width.max(1) };
    let little = u32::from(text(framing, "endian") == "little");
    let delimiters = delimiters_of(framing);
    let mut words = vec![
        number_of(TYPES, if kind == "lines" { "delimited" } else { kind }) as u32,
        little | word(framing, "keep", 0) << 1 | word(framing, "lastLine", 0) << 2,
        word(framing, "maxMessageBytes", 0),
        place,
        width,
        word(framing, "adjust", 0),
        word(framing, "strip", bare),
        delimiters.len() as u32,
    ];
    for mut delimiter in delimiters {
        words.push(delimiter.len() as u32);
        delimiter.resize(16, 0);
        words.extend(delimiter.chunks(4).map(|part| u32::from_le_bytes(part.try_into().unwrap())));
    }
    words
}

fn delimiters_of(framing: &Value) -> Vec<Vec<u8>> {
    if text(framing, "type") == "lines" {
        return vec![latin1(framing["eol"].as_str().unwrap_or("\r\n"))];
    }
    let list = framing["delimiters"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(|delimiter| latin1(delimiter.as_str().unwrap_or(""))).collect()
}

pub fn option_words(options: &Value) -> [u32; 9] {
    let mut words = OPTIONS.map(|(name, otherwise)| word(options, name, otherwise));
    words[3] |= word(options, "secure", 0) << 1;
    words
}

"""How conformance scripts write bytes, options and framings, as the core takes them."""

from typing import Any

import core as abi

Json = dict[str, Any]

ROLES = {"client": abi.CLIENT, "accepted": abi.ACCEPTED, "listener": abi.LISTENER}
TIMERS = {"connect": 1, "idle": 2, "linger": 3}
REASONS = {"refused": 1, "timedOut": 2, "notFound": 3, "interrupted": 4, "reset": 5, "network": 6}
WHY = {number: name for name, number in REASONS.items()}
WHY |= {7: "engineMemory", 9: "connectTimeout", 10: "idleTimeout"}
WHY |= {12: "tooLong", 13: "tooLong", 14: "malformed", 15: "incomplete"}
REFUSALS = {-1: "arg", -2: "stale", -3: "state", -4: "busy", -5: "memory", -6: "limit"}
OPTIONS = ("highWaterMark", "lowWaterMark", "maxBufferedAmount", "allowHalfOpen", "connectTimeout")
OPTIONS += ("idleTimeout", "maxConnections", "maxReceiveBytes")
DEFAULTS = (65536, 0, abi.NO_LIMIT, 0, 0, 0, abi.NO_LIMIT, 0)
FRAMINGS = {"fixed": 1, "lengthPrefixed": 2, "varint": 3, "delimited": 4, "lines": 4}
FRAMINGS |= {"netstring": 5, "slip": 6, "cobs": 7, "contentLength": 8}


def bytes_of(line: Json) -> bytes:
    if "hex" in line:
        return bytes.fromhex(line["hex"])
    if "text" in line:
        return line["text"].encode("latin-1")
    if "rep" in line:
        return bytes.fromhex(line["rep"][0]) * line["rep"][1]
    return b"".join(map(bytes_of, line["parts"]))


def option_words(options: Json) -> tuple[int, ...]:
    return tuple(int(options.get(*pair)) for pair in zip(OPTIONS, DEFAULTS, strict=True))


def framing_words(framing: Json | None) -> tuple[int, ...]:
    if framing is None:
        return ()
    get, kind = framing.get, framing["type"]
    flags = (get("endian") == "little") | get("keep", False) << 1 | get("lastLine", False) << 2
    offset = get("size", get("offset", 0))
    strip = get("bytes", 1) if offset == 0 else 0
    delimiters = [get("eol", "\r\n")] if kind == "lines" else get("delimiters", [])
    words = [FRAMINGS[kind], flags, get("maxMessageBytes", 0), offset, get("bytes", 0)]
    words += [get("adjust", 0), int(get("strip", strip)), len(delimiters)]
    for delimiter in delimiters:
        padded = delimiter.encode("latin-1").ljust(16, b"\0")
        words += [len(delimiter), *memoryview(padded).cast("I")]
    return tuple(words)

"""How conformance scripts write bytes, options and framings, as the core takes them."""

import itertools
from collections.abc import Iterator
from typing import Any

import core as abi

Json = dict[str, Any]
PIECE = 16384

ROLES = {"client": abi.CLIENT, "accepted": abi.ACCEPTED, "listener": abi.LISTENER}
TIMERS = {"connect": 1, "idle": 2, "linger": 3, "handshake": 4}
REASONS = {"refused": 1, "timedOut": 2, "notFound": 3, "interrupted": 4, "reset": 5, "network": 6}
REASONS |= {"address": 11, "plaintextLeft": 16, "tls": 19, "certificate": 20}
WHY = {number: name for name, number in REASONS.items()}
WHY |= {7: "engineMemory", 9: "connectTimeout", 10: "idleTimeout"}
WHY |= {17: "batchUnsettled", 18: "handshakeTimeout"}
WHY |= {12: "tooLong", 13: "tooLong", 14: "malformed", 15: "incomplete"}
# Operations that are one call, with a fixed argument or none.
CALLS = {name: (name,) for name in ("connected", "secured", "ended", "closed", "suspend", "resume")}
CALLS |= {name: (name,) for name in ("close", "abort", "upgrade")} | {"halfClose": ("half_close",)}
CALLS |= {"claim": ("claim", 1), "unclaim": ("claim", 0), "ignore": ("delivered", 0)}
REFUSALS = {-1: "arg", -2: "stale", -3: "state", -4: "busy", -5: "memory", -6: "limit"}
OPTIONS = {"highWaterMark": 65536, "lowWaterMark": 0, "maxBufferedAmount": abi.NO_LIMIT, "flags": 0}
OPTIONS |= {"connectTimeout": 0, "idleTimeout": 0, "maxConnections": abi.NO_LIMIT}
OPTIONS |= {"maxReceiveBytes": 0, "handshakeTimeout": 0}
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


def split(length: int, line: Json) -> Iterator[tuple[int, int]]:
    """Where pieces begin and end; the last size given holds for the rest."""
    sizes, begin = line.get("pieces", [PIECE]), 0
    for index in itertools.count():
        end = min(length, begin + sizes[min(index, len(sizes) - 1)])
        yield begin, end
        if end == length:
            return
        begin = end


def option_words(options: Json) -> tuple[int, ...]:
    flags = options.get("allowHalfOpen", False) | options.get("secure", False) << 1
    given = OPTIONS | options | {"flags": flags}
    return tuple(given[name] for name in OPTIONS)


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

"""Conformance scripts on the component, natively in wasmtime: a stream in, answers out.

Scripts and digests are read and made by host/python; what is here is the component's own: ops are gathered
and handed over by `turn`, every socket is stepwise, and what a handler does comes first in the next turn.

    python play-component.py component.wasm < scripts
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "host/python"))

import script  # noqa: E402
import vectors  # noqa: E402
from transcript import Transcript  # noqa: E402
from wasmtime import Engine, Store, WasmtimeError  # noqa: E402
from wasmtime.component import Component, Linker, Record, Variant  # noqa: E402

INTERFACE = "sansock:engine/engine@1.0.0"
RANGE = {"size", "width", "delimiter", "header", "empty"}
INTERRUPTS = {"suspend", "claim", "close", "abort", "upgrade", "set-framing", "stop"}
FLAGS = {"allowHalfOpen", "secure"}
SETTINGS = {"maxBufferedAmount": "max-buffered"}
WHY = {"messageTooLong": "tooLong", "messageUnterminated": "tooLong"}
WHY |= {"messageMalformed": "malformed", "messageIncomplete": "incomplete"}


def record(**fields: Any) -> Record:
    made = Record()
    for name, value in fields.items():
        setattr(made, name.replace("_", "-"), value)
    return made


def kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda char: f"-{char[0].lower()}", name)


def camel(name: str) -> str:
    return re.sub("-(.)", lambda char: char[1].upper(), name)


def framing_of(framing: script.Json | None) -> Variant | None:
    if framing is None:
        return None
    kind, most = framing["type"], framing.get("maxMessageBytes", 0)
    _, flags, _, offset, width, adjust, strip, *_ = script.framing_words(framing)
    common = {"max_message_bytes": most}
    match kind:
        case "fixed":
            return Variant(kind, framing["size"])
        case "lengthPrefixed":
            fields = {"width": width, "offset": offset, "adjust": adjust, "strip": strip}
            return Variant("length-prefixed", record(little_endian=flags == 1, **fields, **common))
        case "varint":
            return Variant(kind, record(offset=offset, strip=strip == 1, **common))
        case "delimited" | "lines":
            texts = framing.get("delimiters", [framing.get("eol", "\r\n")])
            delimiters = [text.encode("latin-1") for text in texts]
            keep, last_line = bool(flags & 2), bool(flags & 4)
            lines = record(delimiters=delimiters, keep=keep, last_line=last_line, **common)
            return Variant("delimited", lines)
    return Variant(kebab(kind), most)


class Player(vectors.Player):
    def __init__(self, engine: Engine, component: Component, header: script.Json, lines: list):
        self.store = Store(engine)
        instance = Linker(engine).instantiate(self.store, component)
        interface = instance.get_export_index(self.store, INTERFACE)

        def function(name: str) -> Any:
            index = instance.get_export_index(self.store, name, interface)
            return instance.get_func(self.store, index)

        sizes = vectors.ENGINE | header.get("engine", {})
        memory, sockets, window = (sizes[name] for name in vectors.ENGINE)
        function("init")(
            self.store, record(memory_bytes=memory, sockets=sockets, window_bytes=window)
        )
        self._turn = function("turn")
        self.framing = header.get("framing")
        self.lines = [line for line in lines if "op" in line and "after" not in line]
        self.waiting = [line for line in lines if "after" in line]
        self.handles, self.names, self.in_flight = {}, {}, Counter()
        self.transcript, self.counts = Transcript(), Counter()
        self.recorded, self.opening = True, ""
        self.queue: list[tuple[Variant, script.Json]] = []
        self.early: list[Variant] = []

    def play(self) -> str:
        for line in self.lines:
            for piece in self.pieces(line):
                self.act(piece)
                self.recorded = "up" not in line
                if not self.recorded and line["role"] != "accepted":
                    self.act({"op": "connected", "s": line["s"]})
                if line.get("turn", True):
                    self.run()
        return self.transcript.digest()

    def act(self, line: script.Json) -> None:
        op, name = line["op"], line["s"]
        if op == "open":
            self.opening = name
            self.queue.append((Variant("open", self.opened(line)), line))
            inherited = None if line["role"] == "listener" else self.framing
            if framing := line.get("framing") or inherited:
                self.act({"op": "setFraming", "s": name, "framing": framing})
            return
        if name not in self.handles and name != self.opening:
            self.early += self.take()
        if op == "closed":
            self.in_flight[name] = 0
        elif op == "sent" and "refused" not in line:
            self.in_flight[name] -= line["n"]
        self.queue.append((self.op_of(op, self.handles.get(name, 0), line), line))

    def opened(self, line: script.Json) -> Record:
        given = line.get("options", {}).items()
        settings = [Variant(kebab(name)) for name, value in given if name in FLAGS and value]
        words = [(SETTINGS.get(name, kebab(name)), value) for name, value in given]
        settings += [Variant(name, value) for name, value in words if not isinstance(value, bool)]
        parent = self.handles.get(line.get("parent", ""))
        return record(role=Variant(line["role"], parent), settings=[*settings, Variant("stepwise")])

    def op_of(self, op: str, socket: int, line: script.Json) -> Variant:
        match op:
            case "received":
                return Variant(op, record(socket=socket, bytes=bytes(line["data"])))
            case "send":
                return Variant(op, record(socket=socket, bytes=script.bytes_of(line)))
            case "sent":
                return Variant(op, record(socket=socket, count=line["n"]))
            case "failed":
                return Variant(op, record(socket=socket, reason=kebab(line["reason"])))
            case "expired":
                return Variant(op, record(socket=socket, kind=line["timer"]))
            case "claim" | "unclaim":
                return Variant("claim", record(socket=socket, wanted=op == "claim"))
            case "ignore":
                return Variant("delivered", record(socket=socket, count=0))
            case "setFraming":
                framing = framing_of(line["framing"])
                return Variant("set-framing", record(socket=socket, framing=framing))
            case "stopAfter":
                return Variant("stop", socket)
        return Variant(kebab(op), socket)

    def take(self) -> list[Variant]:
        """One turn. What it does not do is left in the queue; answers are compared."""
        queued = [(op, line) for op, line in self.queue if op.tag != "stop"]
        events = self._turn(self.store, [op for op, _ in queued])
        left = events[-1].payload if events and events[-1].tag == "again" else 0
        done = queued[: len(queued) - left]
        self.queue = queued[len(done) :]
        answers: dict[int, str] = {}
        for event in events:
            if event.tag == "opened":
                name, handle = queued[event.payload.op][1]["s"], event.payload.socket
                self.handles[name], self.names[handle] = handle, name
            elif event.tag == "refused":
                answers[event.payload.op] = event.payload.why
            elif event.tag == "above-mark":
                answers[event.payload] = "above"
        for index, (op, line) in enumerate(done):
            answer = answers.get(index)
            refused = None if answer == "above" else "range" if answer in RANGE else answer
            if refused != line.get("refused") or line.get("returns") == (answer == "above"):
                raise ValueError(f"{op.tag}: {answer}")
        return events

    def run(self) -> None:
        again, self.early = self.hear(self.early), []
        while again or self.queue:
            again = self.hear(self.take())

    def hear(self, events: list[Variant]) -> bool:
        rest, self.queue = self.queue, []
        for event in events:
            of = event.payload
            handle = getattr(of, "socket", of)
            name = self.names.get(handle, "") if isinstance(handle, int) else ""
            match event.tag:
                case "messages":
                    self.hand_over_all(name, of.socket, of.messages)
                case "transmit":
                    self.in_flight[name] = len(of.bytes)
                    self.transcript.tx(name, of.bytes)
                case "data":
                    self.say(name, "data", memoryview(of.bytes))
                case "error":
                    self.say(name, f"error {WHY.get(camel(of.reason), camel(of.reason))}")
                case "close":
                    self.say(name, "close clean" if of.clean else "close")
                case "open" | "connect" | "secure" | "drain" | "end":
                    self.say(name, event.tag)
        self.queue += rest
        return bool(events) and events[-1].tag == "again"

    def hand_over_all(self, name: str, socket: int, messages: list[bytes]) -> None:
        for index, message in enumerate(messages):
            self.say(name, "message", memoryview(message))
            if any(op.tag in INTERRUPTS and line["s"] == name for op, line in self.queue):
                delivered = Variant("delivered", record(socket=socket, count=index + 1))
                self.queue.append((delivered, {"s": name}))
                return
        self.say(name, "messages")


def scripts() -> Iterator[list[script.Json]]:
    lines: list[script.Json] = []
    for line in map(json.loads, sys.stdin):
        if "sansock" in line and lines:
            yield lines
            lines = []
        lines.append(line)
    yield lines


def main() -> None:
    engine = Engine()
    component = Component.from_file(engine, sys.argv[1])
    for header, *lines in scripts():
        try:
            answer = Player(engine, component, header, lines).play()
        except (ValueError, WasmtimeError) as error:
            answer = f"error {str(error).splitlines()[0]}"
        print(header["id"], answer, flush=True)


main()

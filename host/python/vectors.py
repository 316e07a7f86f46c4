"""Plays a conformance script (test/vectors/README.md) and tells the digest of what was said.

What a script expects is not compared, but for refusals: the digest tells."""

from collections import Counter
from collections.abc import Iterator

import core as abi
import script
from core import Core
from instance import Loaded
from script import Json
from transcript import Transcript

ENGINE = {"memoryBytes": 16 << 20, "maxSockets": 32, "windowBytes": 16384}
EVENTS = {abi.OPEN: "open", abi.CONNECT: "connect", abi.DRAIN: "drain", abi.END: "end"}
EVENTS[abi.SECURE] = "secure"


class Player:
    """One script on one instance. Sockets go by the script's names."""

    def __init__(self, loaded: Loaded, header: Json, lines: list[Json]) -> None:
        sizes = ENGINE | header.get("engine", {})
        self.core = Core(loaded, *(sizes[name] for name in ENGINE))
        self.framing: Json | None = header.get("framing")
        self.lines = [line for line in lines if "op" in line and "after" not in line]
        self.waiting = [line for line in lines if "after" in line]
        self.handles: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.in_flight: Counter[str] = Counter()
        self.transcript = Transcript()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.recorded = True
        self.stopped = False

    def play(self) -> str:
        for line in self.lines:
            for piece in self.pieces(line):
                self.act(piece)
                self.recorded = "up" not in line
                if not self.recorded and line["role"] != "accepted":
                    self.core.call.connected(self.handles[line["s"]])
                if line.get("turn", True):
                    self.run()
        return self.transcript.digest()

    def pieces(self, line: Json) -> Iterator[Json]:
        """The line; what is received, or taken, in several reads or writes."""
        if line["op"] == "received":
            data = script.bytes_of(line)
            for begin, end in script.split(len(data), line):
                yield line | {"data": data[begin:end]}
        elif line.get("n") == "all":
            while count := self.in_flight[line["s"]]:
                yield from self.pieces(line | {"n": count})
        elif line["op"] == "sent":
            for begin, end in script.split(line["n"], line):
                yield line | {"n": end - begin}
        else:
            yield line

    def act(self, line: Json) -> None:
        result = self.do(line["op"], line["s"], line)
        refused = None if result >= 0 else script.REFUSALS.get(result, "range")
        if refused != line.get("refused") or line.get("returns", result == 1) != (result == 1):
            raise ValueError(f"{line['op']} returned {result}")

    def do(self, op: str, name: str, line: Json) -> int:
        core, handle = self.core, self.handles.get(name, 0)
        match op:
            case "open":
                return self.open(name, line)
            case "closed":
                self.in_flight[name] = 0
                return core.call.closed(handle)
            case "received":
                core.window[: len(line["data"])] = line["data"]
                return core.call.received(handle, len(line["data"]))
            case "sent":
                result = core.call.sent(handle, line["n"])
                self.in_flight[name] -= line["n"] if result >= 0 else 0
                return result
            case "send":
                data = script.bytes_of(line)
                return core.send(handle, data, external=bool(line.get("external") and data))
            case "failed":
                return core.call.failed(handle, script.REASONS[line["reason"]])
            case "expired":
                return core.call.expired(handle, script.TIMERS[line["timer"]])
            case "setFraming":
                return core.call.set_framing(
                    handle, core.configure(script.framing_words(line["framing"]))
                )
            case "stopAfter":
                self.stopped = True
                return 0
            case _ if op in script.CALLS:
                function, *args = script.CALLS[op]
                return getattr(core.call, function)(handle, *args)
        raise ValueError(f"unknown operation {op}")

    def open(self, name: str, line: Json) -> int:
        parent = self.handles.get(line.get("parent", ""), 0)
        options = script.option_words(line.get("options", {}))
        handle = self.core.open(script.ROLES[line["role"]], parent, *options)
        if handle < 0:
            return handle
        self.handles[name], self.names[handle] = handle, name
        inherited = None if line["role"] == "listener" else self.framing
        framing = script.framing_words(line.get("framing") or inherited)
        return self.core.call.set_framing(handle, self.core.configure(framing)) if framing else 0

    def run(self) -> None:
        while records := self.core.poll():
            for kind, handle, a, b, c, _ in records:
                name = self.names[handle]
                if kind == abi.MESSAGES:
                    self.hand_over(name, a, b, c)
                elif kind == abi.FLUSH:
                    data = b"".join(self.core.gather(handle))
                    self.in_flight[name] = len(data)
                    self.transcript.tx(name, data)
                elif kind == abi.DATA:
                    self.say(name, "data", self.core.bytes[a : a + b])
                elif kind == abi.ERROR:
                    self.say(name, f"error {script.WHY.get(a, f'reason {a}')}")
                elif kind == abi.CLOSE:
                    self.say(name, "close clean" if a else "close")
                elif kind in EVENTS:
                    self.say(name, EVENTS[kind])

    def hand_over(self, name: str, table: int, count: int, base: int) -> None:
        self.stopped = False
        for index, payload in enumerate(self.core.messages(table, count, base)):
            self.say(name, "message", payload)
            if self.stopped or self.core.control(abi.INTERRUPTED) == 1:
                self.core.call.delivered(self.handles[name], index + 1)
                return
        self.say(name, "messages")

    def say(self, name: str, what: str, data: memoryview | None = None) -> None:
        """Notes an event, and does what the script does in its handler."""
        if self.recorded and what != "messages":  # those are how they were batched
            self.transcript.event(name, what, data)
        self.counts[name, what] += 1
        for line in list(self.waiting):
            if line["s"] == name and line["after"].get(what) == self.counts[name, what]:
                self.waiting.remove(line)
                self.act(line)

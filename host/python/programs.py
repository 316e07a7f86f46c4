"""What the programs do with their connections: echo, send and count, pass on.

All of the backpressure is here: send() says 0 above the high-water mark, `drained` that it is over.
"""

import hashlib
import time

from connection import Connection
from core import NO_LIMIT
from loop import Loop

# Framing: kind 2 (length prefixed), flags, most bytes (1 MiB), offset, 4 bytes, adjust, strip them.
LENGTH_PREFIXED = (2, 0, 0, 0, 4, 0, 4, 0)
# Options: high-water mark, low-water mark, no limit, flags, connect timeout, idle timeout.
OPTIONS = (65536, 16384, NO_LIMIT, 0, 10_000, 10_000)
PATTERN = bytes(range(256)) * 5


class App:
    """What a program does when something happens to a connection. By default nothing."""

    def opened(self, connection: "Connection") -> None:
        """A client is connected; or a listener listens."""

    def accepted(self, connection: "Connection") -> None: ...
    def message(self, connection: "Connection", payload: memoryview) -> None: ...
    def drained(self, connection: "Connection") -> None: ...
    def failed(self, connection: "Connection", reason: int) -> None: ...
    def closed(self, connection: "Connection", clean: bool) -> None: ...


class Echo(App):
    """Sends back what comes. Who does not read is not read either, until it does."""

    def message(self, connection: Connection, payload: memoryview) -> None:
        if connection.send(payload) == 0:
            connection.ask("suspend")

    def drained(self, connection: Connection) -> None:
        connection.ask("resume")


class Client(App):
    """Sends `count` messages as fast as they are taken, and counts what comes back."""

    def __init__(self, count: int) -> None:
        self.count, self.next, self.back = count, 0, 0
        self.hash = hashlib.sha256()
        self.began = time.monotonic()
        self.seconds = 0.0
        self.error = ""

    def opened(self, connection: Connection) -> None:
        self.began = time.monotonic()
        self.drained(connection)

    def drained(self, connection: Connection) -> None:
        below = 1
        while below == 1 and self.next < self.count:
            index, self.next = self.next, self.next + 1
            first, size = index & 255, 1 + index * 7919 % 1000
            below = connection.send(PATTERN[first : first + size])
        if self.count == 0:
            connection.ask("close")

    def message(self, connection: Connection, payload: memoryview) -> None:
        self.hash.update(payload)
        self.back += 1
        if self.back == self.count:
            self.seconds = time.monotonic() - self.began
            connection.ask("close")

    def failed(self, _connection: Connection, reason: int) -> None:
        self.error = f"reason {reason}"

    def closed(self, _connection: Connection, clean: bool) -> None:
        if clean and self.back < self.count:
            self.error = f"the peer ended after {self.back} echoes"


class Relay(App):
    """Two connections; what one receives the other sends, and one's end ends the other."""

    def __init__(self, loop: Loop, port: int) -> None:
        self.loop, self.port = loop, port
        self.other: dict[Connection, Connection] = {}
        self.error = ""

    def accepted(self, source: Connection) -> None:
        for connection in list(self.loop.connections.values()):
            if connection is not source:
                connection.ask("close")  # the listener: one is enough
        sink = self.loop.connect(self.port, self, LENGTH_PREFIXED, OPTIONS)
        self.other |= {source: sink, sink: source}
        source.ask("suspend")  # nothing can be sent before the sink is open

    def opened(self, connection: Connection) -> None:
        self.drained(connection)

    def message(self, source: Connection, payload: memoryview) -> None:
        if self.other[source].send(payload) == 0:
            source.ask("suspend")

    def drained(self, sink: Connection) -> None:
        if sink in self.other:
            self.other[sink].ask("resume")

    def failed(self, _connection: Connection, reason: int) -> None:
        self.error = f"reason {reason}"

    def closed(self, connection: Connection, _clean: bool) -> None:
        if connection in self.other:
            self.other[connection].ask("close")

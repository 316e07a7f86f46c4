"""The loop: waits for the system, lets the core say what follows, until it has nothing more to say.

Owns the selector, and which connection a handle stands for.
"""

import errno
import os
import selectors
import socket
from collections import deque
from typing import TYPE_CHECKING

import core as abi
from connection import Connection
from core import Core
from instance import load
from listener import Listener
from timers import Task, Timers

if TYPE_CHECKING:
    from programs import App

Words = tuple[int, ...]


class Loop:
    def __init__(self) -> None:
        self.core = Core(load())
        self.connections: dict[int, Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._soon: deque[Task] = deque()
        self.timers = Timers()

    def listen(self, port: int, app: "App", framing: Words, options: Words) -> int:
        """Returns the port. `options` are the words of `open`, for whatever is accepted too."""
        transport = socket.create_server(("127.0.0.1", port), backlog=511)
        listener = Listener(self, self._open(abi.LISTENER, framing, options), transport, app)
        listener.options = options
        self.core.call.connected(listener.handle)
        self.add(listener)
        return transport.getsockname()[1]

    def connect(self, port: int, app: "App", framing: Words, options: Words) -> Connection:
        transport = socket.socket()
        connection = Connection(self, self._open(abi.CLIENT, framing, options), transport, app)
        connection.connecting = True
        transport.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.add(connection)
        code = transport.connect_ex(("127.0.0.1", port))
        if code not in (0, errno.EINPROGRESS):
            self.soon(lambda: connection.connected(code))
        return connection

    def _open(self, role: int, framing: Words, options: Words) -> int:
        handle = self.core.open(role, 0, *options)
        if handle < 0 or self.core.call.set_framing(handle, self.core.configure(framing)) < 0:
            raise ValueError(f"the core refuses {options} or {framing}")
        return handle

    def add(self, connection: Connection) -> None:
        self.connections[connection.handle] = connection
        self.watch(connection)

    def watch(self, connection: Connection) -> None:
        """Has the selector look for what the connection wants now."""
        wanted, watched = connection.wanted, connection.watched
        if wanted == watched:
            return
        connection.watched = wanted
        if wanted == 0:
            self._selector.unregister(connection.transport)
        elif watched == 0:
            self._selector.register(connection.transport, wanted, connection.ready)
        else:
            self._selector.modify(connection.transport, wanted, connection.ready)

    def at_end_of_input(self, task: Task) -> None:
        """Calls `task` when standard input ends."""

        def ready(_mask: int) -> None:
            if not os.read(0, 65536):
                self._selector.unregister(0)
                task()

        try:
            self._selector.register(0, selectors.EVENT_READ, ready)
        except PermissionError:  # a file or /dev/null, which epoll does not take: at its end
            self.soon(task)

    def soon(self, task: Task) -> None:
        """When the core has nothing more to say."""
        self._soon.append(task)

    def run(self) -> None:
        """Until no connection is left."""
        self._turn()
        while self.connections:
            for key, mask in self._selector.select(self.timers.wait):
                key.data(mask)
                self._turn()
            for task in self.timers.due():
                task()
                self._turn()

    def _turn(self) -> None:
        while True:
            records = self.core.poll()
            for record in records:
                self._dispatch(*record)
            if not records:
                if not self._soon:
                    return
                self._soon.popleft()()

    def _dispatch(self, kind: int, handle: int, a: int, b: int, c: int, _d: int) -> None:
        connection = self.connections[handle]
        app = connection.app
        match kind:
            case abi.MESSAGES:
                self._hand_over(connection, a, b, c)
            case abi.DATA:  # without framing: what one read brought
                app.message(connection, self.core.bytes[a : a + b])
            case abi.OPEN:
                app.opened(connection)
            case abi.CONNECT:
                app.accepted(connection)
            case abi.DRAIN:
                app.drained(connection)
            case abi.ERROR:
                app.failed(connection, a)
            case abi.CLOSE:
                app.closed(connection, a == 1)
            case abi.RELEASED:
                self.core.forget(handle)
                self.timers.cancel(connection.timer)
                del self.connections[handle]
            case _:
                connection.obey(kind, a, b)

    def _hand_over(self, connection: Connection, table: int, count: int, base: int) -> None:
        for index, payload in enumerate(self.core.messages(table, count, base)):
            connection.app.message(connection, payload)
            if self.core.control(abi.INTERRUPTED) == 1:  # the app wants no more of it now
                self.core.call.delivered(connection.handle, index + 1)
                return

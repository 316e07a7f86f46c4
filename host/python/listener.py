"""A listener: accepts connections as long as the core takes them."""

import socket

import core as abi
from connection import Connection

PAUSE = 0.1


class Listener(Connection):
    """Each connection has the listener's app, framing (the core passes it on) and options."""

    options: tuple[int, ...] = ()

    def ready(self, mask: int) -> None:
        if mask & self.wanted == 0:
            return
        try:
            transport, _ = self.transport.accept()
        except BlockingIOError:
            return
        except OSError:  # out of descriptors: it would be ready again at once, and again
            self.obey(abi.PAUSE, 0, 0)
            self.loop.timers.after(PAUSE, lambda: self.obey(abi.RESUME, 0, 0))
            return
        handle = self.loop.core.open(abi.ACCEPTED, self.handle, *self.options)
        if handle < 0:  # too many
            transport.close()
            return
        transport.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(self.loop, handle, transport, self.app)
        connection.reads = False  # until the core orders it, when the app knows of the connection
        self.loop.add(connection)

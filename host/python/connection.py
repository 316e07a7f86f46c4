"""A connection: a socket of the core, the system's socket that serves it, and the app's handlers.

Moves bytes and keeps no rule: what the core orders is obeyed, what the system says is reported.
Reads go straight into the core's window, writes come straight out of its memory.

Invariant: one write is in flight at a time; `out` is what the system has yet to take of it.
"""

import errno
import socket
from selectors import EVENT_READ, EVENT_WRITE
from typing import TYPE_CHECKING

import core as abi

if TYPE_CHECKING:
    from loop import Loop
    from programs import App

REFUSED, TIMED_OUT, RESET, NETWORK = 1, 2, 5, 6
REASONS = {errno.ECONNREFUSED: REFUSED, errno.EHOSTUNREACH: REFUSED, errno.ENETUNREACH: REFUSED}
REASONS |= {errno.ETIMEDOUT: TIMED_OUT, errno.ECONNRESET: RESET, errno.EPIPE: RESET}


class Connection:
    def __init__(self, loop: "Loop", handle: int, transport: socket.socket, app: "App") -> None:
        transport.setblocking(False)
        self.loop, self.handle, self.transport, self.app = loop, handle, transport, app
        self.connecting, self.reads = False, True  # until the core orders to pause
        self.over = False  # nothing more is to be read: FIN, failure
        self.kept = b""  # a read that the core had no room for
        self.out: list[memoryview] = []
        self.watched = 0
        self.timer = 0

    # What the app asks.

    def send(self, payload: memoryview | bytes) -> int:
        """1; 0 above the high-water mark: go on when `drained`; negative: refused."""
        return self.loop.core.send(self.handle, payload)

    def ask(self, command: str) -> int:
        """suspend, resume, close, abort or half_close."""
        return getattr(self.loop.core.call, command)(self.handle)

    @property
    def buffered(self) -> int:
        return self.loop.core.call.buffered_amount(self.handle)

    # What the core orders.

    def obey(self, kind: int, a: int, b: int) -> None:
        match kind:
            case abi.FLUSH:
                self.out = self.loop.core.gather(self.handle)
                self._write()
            case abi.PAUSE | abi.RESUME:
                self.reads = kind == abi.RESUME
                if self.reads and self.kept:
                    self.loop.soon(self._report_kept)
            case abi.FINISH:
                self._finish()
            case abi.DESTROY:
                self._destroy()
            case abi.TIMER:
                self.loop.timers.cancel(self.timer)
                expired = lambda: self.loop.core.call.expired(self.handle, a)  # noqa: E731
                self.timer = self.loop.timers.after(b / 1000, expired) if a else 0
        self.loop.watch(self)

    def _finish(self) -> None:
        try:
            self.transport.shutdown(socket.SHUT_WR)
        except OSError as error:  # the peer was faster
            self._fail(error.errno)

    def _destroy(self) -> None:
        self.over, self.connecting, self.out, self.kept = True, False, [], b""
        self.loop.watch(self)
        self.transport.close()
        self.loop.soon(lambda: self.loop.core.call.closed(self.handle))

    # What the system says.

    @property
    def wanted(self) -> int:
        if self.connecting:
            return EVENT_WRITE
        reads = self.reads and not self.over and not self.kept
        return (EVENT_READ if reads else 0) | (EVENT_WRITE if self.out else 0)

    def ready(self, mask: int) -> None:
        """What is not wanted any more, since others were served first, waits."""
        if self.connecting:
            self.connected(self.transport.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        else:
            if mask & self.wanted & EVENT_WRITE:
                self._write()
            if mask & self.wanted & EVENT_READ:
                self._read()
        self.loop.watch(self)

    def connected(self, code: int) -> None:
        self.connecting = False
        if code == 0:
            self.loop.core.call.connected(self.handle)
        else:
            self._fail(code)

    def _read(self) -> None:
        try:
            count = self.transport.recv_into(self.loop.core.window)
        except BlockingIOError:
            return
        except OSError as error:
            return self._fail(error.errno)
        if count > 0:
            self._report(count)
        else:
            self.over = True
            self.loop.core.call.ended(self.handle)

    def _report(self, count: int) -> None:
        core = self.loop.core
        busy = core.call.received(self.handle, count) == abi.E_BUSY
        self.kept = bytes(core.window[:count]) if busy else b""

    def _report_kept(self) -> None:
        count = len(self.kept)
        self.loop.core.window[:count] = self.kept
        self._report(count)
        self.loop.watch(self)

    def _write(self) -> None:
        while self.out:
            try:
                count = self.transport.sendmsg(self.out)
            except BlockingIOError:
                return
            except OSError as error:
                return self._fail(error.errno)
            self.loop.core.call.sent(self.handle, count)
            while self.out and count >= len(self.out[0]):
                count -= len(self.out.pop(0))
            if count:
                self.out[0] = self.out[0][count:]

    def _fail(self, code: int | None) -> None:
        self.over, self.out = True, []
        self.loop.core.call.failed(self.handle, REASONS.get(code, NETWORK))

"""The core: a wasm instance, its functions, and what it leaves in its memory.

This file knows docs/abi.md and nothing of sockets. It keeps what the core has no room for: the
external bytes of each socket, which `gather` joins with those in engine memory.
"""

import ctypes
from collections import defaultdict
from collections.abc import Iterator

from instance import Loaded, instantiate

ABI_MAJOR = 1
MAGIC = 0x534E4153
CLIENT, ACCEPTED, LISTENER = range(3)
E_ARG, E_STALE, E_STATE, E_BUSY, E_NOMEM, E_LIMIT = range(-1, -7, -1)
(OPEN, DATA, MESSAGES, DRAIN, END, ERROR, CLOSE, CONNECT, SECURE) = range(1, 10)
(FLUSH, PAUSE, RESUME, FINISH, DESTROY, START_TLS, TIMER) = range(16, 23)
RELEASED = 31

# Words of the control block.
WINDOW, WINDOW_BYTES, RECORDS, IOV, SCRATCH = 2, 3, 5, 7, 15
INTERRUPTED, ENCODES, ENCODED = 18, 19, 20

PART_BYTES = 1024
NO_LIMIT = 0xFFFFFFFF


class Core:
    def __init__(self, loaded: Loaded, *sizes: int) -> None:
        """`sizes` are those of `init`: memory, sockets, window; 0 or none for the default."""
        self.call, memory = instantiate(loaded)
        self._memory = memory  # it, and the instance, live as long as this
        self._external: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._see(memory())
        if self.control(0) != MAGIC or self.call.abi_version() >> 16 != ABI_MAJOR:
            raise RuntimeError(f"this is no core of ABI version {ABI_MAJOR}")
        if self.call.init(self.configure(sizes)) != 0:
            raise RuntimeError(f"init refused {sizes}")
        self._see(memory())  # init is the only call that may move it
        window = self.control(WINDOW)
        self.window = self.bytes[window : window + self.control(WINDOW_BYTES)]

    def _see(self, buffer: ctypes.Array) -> None:
        self.bytes = memoryview(buffer).cast("B")
        self.words = self.bytes.cast("I")
        self._control = self.call.control() >> 2

    def control(self, word: int) -> int:
        return self.words[self._control + word]

    def configure(self, words: tuple[int, ...]) -> int:
        """Writes configuration for the next call, which is told how many words there are."""
        at = self.control(SCRATCH) >> 2
        for index, word in enumerate(words):
            self.words[at + index] = word & 0xFFFFFFFF
        return len(words)

    def open(self, role: int, parent: int, *options: int) -> int:
        return self.call.open(role, parent, self.configure(options))

    def poll(self) -> list[list[int]]:
        """What the core says next: kind, socket, a, b, c, d. Handle all before the next poll."""
        count = self.call.poll(1)
        at = self.control(RECORDS) >> 2
        records = self.words[at : at + count * 8].tolist()
        return [records[index : index + 6] for index in range(0, count * 8, 8)]

    def messages(self, table: int, count: int, base: int) -> Iterator[memoryview]:
        """Views of a batch's messages, valid until the next poll."""
        spans = self.words[table >> 2 : (table >> 2) + count * 2].tolist()
        for offset, size in zip(spans[::2], spans[1::2], strict=True):
            yield self.bytes[base + offset : base + offset + size]

    def send(self, handle: int, payload: memoryview, external: bool = False) -> int:
        """1: at or below the high-water mark; 0: above it; negative: refused."""
        address = 0 if external else self.call.reserve(handle, len(payload))
        if address > 0:
            self.bytes[address : address + len(payload)] = payload
            return self.call.commit(handle, len(payload))
        frame = self._encode(handle, payload) if address == 0 else address
        if isinstance(frame, int):
            return frame
        if not frame:  # an empty payload without framing takes no room
            return self.call.commit(handle, 0)
        result = self.call.send_external(handle, len(frame))
        if result >= 0:
            self._external[handle] += frame
        return result

    def _encode(self, handle: int, payload: memoryview) -> bytes | int:
        """The frame of a payload, through the scratch area piece by piece; or the refusal."""
        frame = bytearray()

        def take(count: int) -> bool:
            at = self.control(ENCODED)
            frame.extend(self.bytes[at : at + max(count, 0)])
            return count >= 0

        if not take(result := self.call.encode_begin(handle, len(payload))):
            return result
        scratch = self.control(SCRATCH)
        encodes = self.control(ENCODES) == 1
        for begin in range(0, len(payload), PART_BYTES) if encodes else ():
            part = payload[begin : begin + PART_BYTES]
            self.bytes[scratch : scratch + len(part)] = part
            if not take(result := self.call.encode_part(handle, len(part))):
                return result
        if not encodes:
            frame += payload
        return bytes(frame) if take(result := self.call.encode_end(handle)) else result

    def gather(self, handle: int) -> list[memoryview]:
        """What is to be written now, in order. It stays where it is until `sent` has covered it."""
        count = self.call.gather(handle)
        at = self.control(IOV) >> 2
        table = self.words[at : at + count * 2].tolist()
        pairs = zip(table[::2], table[1::2], strict=True)
        return [self._part(handle, address, length) for address, length in pairs]

    def _part(self, handle: int, address: int, length: int) -> memoryview:
        if address != 0:
            return self.bytes[address : address + length]
        queue = self._external[handle]
        part = bytes(queue[:length])
        del queue[:length]
        return memoryview(part)

    def forget(self, handle: int) -> None:
        self._external.pop(handle, None)

"""What sockets said, and its digest, which is the same in every host.

For each socket its events and its wire bytes, apart from each other; adjacent data are joined.
"""

from collections import defaultdict
from hashlib import sha256


class Transcript:
    def __init__(self) -> None:
        self._events: defaultdict[str, list[tuple[str, bytearray | None]]] = defaultdict(list)
        self._wire: defaultdict[str, bytearray] = defaultdict(bytearray)

    def event(self, name: str, what: str, data: memoryview | None) -> None:
        said = self._events[name]
        if data is not None and what == "data" and said and said[-1][0] == "data":
            said[-1][1].extend(data)
        else:
            said.append((what, None if data is None else bytearray(data)))

    def tx(self, name: str, data: bytes) -> None:
        self._wire[name] += data

    def digest(self) -> str:
        names = sorted({*self._events, *self._wire})
        return sha256("".join(map(self._lines, names)).encode()).hexdigest()

    def _lines(self, name: str) -> str:
        said = list(self._events[name])
        if self._wire[name]:
            said.append(("tx", self._wire[name]))
        words = (
            f"{name} {what}" if data is None else f"{name} {what} {len(data)} {_sha256(data)}"
            for what, data in said
        )
        return "".join(f"{line}\n" for line in words)


def _sha256(data: bytearray) -> str:
    return sha256(data).hexdigest()

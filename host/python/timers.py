"""Timers: what is to be done when, soonest first."""

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

Task: TypeAlias = Callable[[], object]


class Timers:
    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._tasks: dict[int, Task] = {}  # without those that were cancelled
        self._ids = itertools.count(1)

    def after(self, seconds: float, task: Task) -> int:
        timer = next(self._ids)
        self._tasks[timer] = task
        heapq.heappush(self._heap, (time.monotonic() + seconds, timer))
        return timer

    def cancel(self, timer: int) -> None:
        self._tasks.pop(timer, None)

    @property
    def wait(self) -> float | None:
        """Seconds until the next; None if there is none."""
        return max(0.0, self._heap[0][0] - time.monotonic()) if self._heap else None

    def due(self) -> Iterator[Task]:
        now = time.monotonic()
        while self._heap and self._heap[0][0] <= now:
            task = self._tasks.pop(heapq.heappop(self._heap)[1], None)
            if task is not None:
                yield task

"""Runs long work on the processor in a thread that stands far back, so that whoever waits for an answer goes first.
What its caller does before and after, such as a transaction that others wait for, keeps its place."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Done = TypeVar("Done")

FAR_BACK = 19
"""The niceness of work for which nobody waits: whatever the machine has left, and a little in any case."""


def _stand_back() -> None:
    # Linux keeps a niceness for each thread; elsewhere this would slow the whole process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), FAR_BACK)


class Mildly:
    """One thread, begun with the first work and kept."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._thread: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[], Done]) -> Done:
        """What `work` returns. Raises what it raises."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, self.name, initializer=_stand_back)
        return self._thread.submit(work).result()

    def close(self) -> None:
        """Let the thread go."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

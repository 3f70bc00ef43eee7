"""Asks whether a part of the machinery answers, without ever making whoever watches wait for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

LIMIT_SECONDS = 1.5
FRESH_SECONDS = 2.0


class Part:
    """One part, such as the database. `ask` raises when it is away; it runs in a thread that nobody waits for."""

    def __init__(
        self, name: str, ask: Callable[[], object], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._ask = ask
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._answered_at = float("-inf")
        self._there = False

    def begin(self) -> threading.Thread | None:
        """Ask, unless somebody is asking or the last answer is fresh; the thread to wait for, if there is one."""
        with self._lock:
            if self._asking is not None and self._asking.is_alive():
                return self._asking
            if self._monotonic() - self._answered_at < FRESH_SECONDS:
                return None
            self._asking = threading.Thread(target=self._find_out, name=f"is the {self.name} there", daemon=True)
            self._asking.start()
            return self._asking

    def is_there(self) -> bool:
        """What the last answer was. One that is overdue is a no."""
        with self._lock:
            overdue = self._asking is not None and self._asking.is_alive()
            return self._there and not overdue

    def _find_out(self) -> None:
        try:
            self._ask()
            there = True
        except Exception:
            there = False
        with self._lock:
            self._there, self._answered_at = there, self._monotonic()


def away(parts: Sequence[Part], *, limit: float = LIMIT_SECONDS) -> list[str]:
    """The names of the parts that do not answer within `limit` seconds, all asked at once."""
    deadline = time.monotonic() + limit
    for thread in [part.begin() for part in parts]:
        if thread is not None:
            thread.join(max(0.0, deadline - time.monotonic()))
    return [part.name for part in parts if not part.is_there()]

"""The one way tests wait for something outside their own process: ask again until it is so, or give up loudly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as `true()`; raises TimeoutError that says `what` never came."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        pause.wait(0.05)

"""The one way tests wait for something outside their own process: ask again until it is so, or give up loudly."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path


def until(true: Callable[[], bool], seconds: float, what: str, shown: Callable[[], str] | None = None) -> None:
    """Return as soon as `true()`; raises TimeoutError that says `what` never came, and how things stand."""
    began = time.monotonic()
    pause = threading.Event()
    asked = 0
    while not true():
        asked += 1
        if time.monotonic() - began > seconds:
            took = time.monotonic() - began
            state = f"\n{shown()}" if shown else ""
            raise TimeoutError(f"waited {seconds:g} s for {what} (asked {asked} times in {took:.0f} s){state}")
        pause.wait(0.05)


def end_of(path: Path, lines: int = 30) -> str:
    """The last lines of a log, for who has to find out what went wrong."""
    if not path.exists():
        return f"{path} is not there"
    return "\n".join([f"--- {path}", *path.read_text(errors="replace").splitlines()[-lines:]])

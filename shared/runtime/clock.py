"""The one way to ask what time it is, so that a test can move time instead of waiting for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at a moment with an offset")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment this clock was last moved to."""
        return self._now

    def move(self, step: timedelta) -> None:
        """Go forward (or back) by `step`."""
        self._now += step

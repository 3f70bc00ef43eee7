"""What work behind the scenes looks like from outside, so that one loop, one test and one command can run all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable


class Job(Protocol):
    """A piece of background work: a relay, a consumer, the photo cleaner, the document maker.

    It may have `apart`, the name of what it runs together with in a thread of their own; `breath`, the seconds it rests
    after it did something; and `looks_every`, the seconds it rests after it found nothing to do.
    """

    name: str

    def run_once(self) -> int:
        """Do a bounded amount of what waits; return how many things were done (0: nothing to do)."""

    def pending(self) -> int:
        """How many things still wait. Cheap enough to ask many times a second."""


@runtime_checkable
class Marked(Job, Protocol):
    """A job that can tell what waits now from what comes later, so that nobody waits for more than was there."""

    def mark(self) -> Any:
        """What waits now."""

    def left(self, mark: Any) -> int:
        """How many of the things that waited at `mark` still do, whatever came since."""


@runtime_checkable
class Counted(Job, Protocol):
    """A job of which more is worth watching than what waits now."""

    def counts(self) -> Mapping[str, int]:
        """State of its things -> how many are in it."""

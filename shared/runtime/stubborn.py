"""Things that fail by themselves while all else works: each is set aside for a while, longer every time it fails, so
that one bad photo or exercise holds up no other and is still tried again.

Remembered in this process only: another worker, or this one started again, finds out for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from shared.runtime.log import place_of

FIRST_REST_SECONDS = 5.0
LONGEST_REST_SECONDS = 600.0

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Rest:
    failures: int
    until: float


class Stubborn:
    """The things of one job that failed and rest. `passes` tells which trouble is no fault of theirs."""

    def __init__(
        self,
        job: str,
        passes: Callable[[BaseException], bool],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.job = job
        self.passes = passes
        self.monotonic = monotonic
        self._rests: dict[str, _Rest] = {}

    def resting(self) -> Collection[str]:
        """The names of those that are not to be tried just now."""
        now = self.monotonic()
        # Who was not tried again long after its rest needs it no more, or somebody else did it.
        for name in [name for name, rest in self._rests.items() if now > rest.until + LONGEST_REST_SECONDS]:
            del self._rests[name]
        return {name for name, rest in self._rests.items() if now < rest.until}

    def failures(self, name: str) -> int:
        """How often it failed in a row."""
        rest = self._rests.get(name)
        return rest.failures if rest else 0

    def moved(self, name: str) -> bool:
        """Whether anything came of the last try: it worked, or this one is now out of the way of others."""
        return self.failures(name) <= 1

    def forget(self, name: str) -> None:
        """It failed for the last time, or not at all."""
        self._rests.pop(name, None)

    @contextmanager
    def by_itself(self, name: str) -> Iterator[None]:
        """What fails in this block makes that one rest, and ends there. Trouble that passes leaves the block as it is:
        it is not the fault of this one."""
        try:
            yield
        except Exception as error:
            if self.passes(error):
                raise
            self._failed(name, error)
        else:
            self.forget(name)

    def _failed(self, name: str, error: Exception) -> None:
        failures = self.failures(name) + 1
        seconds = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 20))
        self._rests[name] = _Rest(failures, self.monotonic() + seconds)
        # The kind and the place only: the text of an error may quote what somebody wrote.
        _log.warning(
            "set aside for a while",
            job=self.job,
            error=type(error).__name__,
            where=place_of(error),
            failures=failures,
            rests_seconds=seconds,
        )

"""Runs jobs: for ever as a service's worker process does, or until nothing is left as `opendoor drain` and tests do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from shared.messaging.trouble import TryLater
from shared.messaging.worker import WorkerStopped
from shared.runtime.job import Job, Marked
from shared.runtime.log import place_of

BUSY_SECONDS = 0.08
IDLE_SECONDS = 0.2
MUCH = 50
"""So many things done in one round mean that a backlog waits behind them."""
FIRST_REST_SECONDS = 0.5
LONGEST_REST_SECONDS = 5.0
GOODBYE_SECONDS = 3.0
"""How long jobs that run apart are waited for at the end. All of them stand being cut off."""

_log = structlog.get_logger(__name__)


class CannotDrain(Exception):
    """Something waits, and nothing moves it. `waiting` names the jobs."""

    def __init__(self, waiting: Sequence[str]) -> None:
        super().__init__(f"These wait and nothing moves them: {', '.join(waiting)}.")
        self.waiting = tuple(waiting)


@dataclass(slots=True)
class _Rest:
    until: float = 0.0
    seconds: float = 0.0


def run_all(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Run jobs until `stop` is set. Those that name what they run `apart` with (letters, objects) share a thread with
    all that name the same: a mail server or a store that hangs holds up nothing that can go on without it."""
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(getattr(job, "apart", ""), []).append(job)
    first = groups.pop("", [])
    # Daemons, so that one that hangs does not keep the process from ending.
    beside = [
        threading.Thread(target=Loop(theirs, stop).run, name=name, daemon=True) for name, theirs in groups.items()
    ]
    for thread in beside:
        thread.start()
    Loop(first, stop).run()
    until = time.monotonic() + GOODBYE_SECONDS
    for thread in beside:
        thread.join(max(0.0, until - time.monotonic()))


class Loop:
    """Runs jobs one after the other in this thread until `stop` is set. A job in trouble rests longer each time."""

    def __init__(
        self,
        jobs: Sequence[Job],
        stop: threading.Event,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.jobs = list(jobs)
        self.stop = stop
        self.monotonic = monotonic
        self._rests = {job.name: _Rest() for job in jobs}

    def run(self) -> None:
        """Return when `stop` is set. Looks again at once after much was done, soon after a little, else after 80 to
        200 ms: what comes one by one is then handled a few at a time, at a fraction of the price."""
        pause = BUSY_SECONDS
        while not self.stop.is_set():
            done = self.one_round()
            if done >= MUCH:
                continue
            pause = BUSY_SECONDS if done else min(IDLE_SECONDS, pause * 1.3)
            self.stop.wait(pause)

    def one_round(self) -> int:
        """Give every job that is not resting one turn; how many things were done."""
        return sum(self._turn_of(job) for job in list(self.jobs) if not self.stop.is_set())

    def _turn_of(self, job: Job) -> int:
        rest = self._rests[job.name]
        if self.monotonic() < rest.until:
            return 0
        try:
            done = job.run_once()
        except WorkerStopped:
            self.jobs.remove(job)
            return 0
        except Exception as error:
            rest.seconds = min(LONGEST_REST_SECONDS, rest.seconds * 2 or FIRST_REST_SECONDS)
            rest.until = self.monotonic() + rest.seconds
            cause = error.__cause__ if isinstance(error, TryLater) else error
            # The kind and the place only: the text of an error may quote what somebody wrote.
            _log.warning(
                "job in trouble",
                job=job.name,
                error=type(cause or error).__name__,
                where=place_of(cause or error),
                rests_seconds=rest.seconds,
            )
            return 0
        rest.seconds = 0.0
        # A job may want to come round seldom: what it does once covers all that came meanwhile, or is in no hurry.
        rest.until = self.monotonic() + getattr(job, "breath" if done else "looks_every", 0.0)
        return done


def drain(
    mine: Sequence[Job],
    others: Sequence[Job] = (),
    *,
    wait: Callable[[], None] = lambda: None,
    patience: int = 3,
) -> int:
    """Run `mine` until neither they nor `others` (which somebody else runs) have anything left; how much was done.

    `wait` is called after a round that did nothing; after `patience` such rounds in which nothing changed,
    raises CannotDrain. Work moves from job to job and never in a circle, so it could hide from as many
    rounds of looking as there are jobs, and from no more: so many quiet rounds prove that nothing is left.
    """
    everybody = [*mine, *others]
    total = quiet = stuck = 0
    before: tuple[int, ...] = ()
    while quiet <= len(everybody):
        done = sum(_once(job) for job in mine)
        total += done
        left = tuple(job.pending() for job in everybody)
        if done == 0 and not any(left):
            quiet += 1
            continue
        quiet = 0
        stuck = stuck + 1 if done == 0 and left == before else 0
        before = left
        if stuck > patience:
            raise CannotDrain([job.name for job, waits in zip(everybody, left, strict=True) if waits])
        if done == 0:
            wait()
    return total


def settle(stages: Sequence[tuple[Job, bool]], *, wait: Callable[[], None] = lambda: None, patience: int = 3) -> int:
    """Return when everything that is there now has had its effects, also while more comes without end; how much was
    done. `stages`: the jobs in the order in which work travels, and whether each is ours to run.

    Once a job has dealt with what was there when its turn came, all of the earlier work has moved on to those behind
    it. Raises CannotDrain as `drain` does.
    """
    total = 0
    for job, ours in stages:
        mark = job.mark() if isinstance(job, Marked) else None
        before, stuck = -1, 0
        while left := (job.left(mark) if isinstance(job, Marked) else job.pending()):
            done = _once(job) if ours else 0
            total += done
            stuck = stuck + 1 if not done and left == before else 0
            before = left
            if stuck > patience:
                raise CannotDrain([job.name])
            if not done:
                wait()
    return total


def close_all(jobs: Iterable[Job]) -> None:
    """Let go of what jobs hold (turns, places in a group), so that others go on at once and not after a time-out."""
    for job in jobs:
        close = getattr(job, "close", None)
        if close is not None:
            with suppress(Exception):
                close()


def _once(job: Job) -> int:
    try:
        return job.run_once()
    except TryLater:
        return 0
